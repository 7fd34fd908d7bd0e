import { expect, test } from 'vitest';

import type { RecordedRequest } from '../../fake_server';
import { json, problem, settle } from '../../fake_server';
import { detail, model } from '../../samples';
import type { Page } from '../detail/fixture';
import { answer, DETAIL, buttonOf, click, page, showDetail, texts } from '../detail/fixture';

const CHAMPION = '/registries/r1/models/kepler_rf/aliases/champion';
const TAGS = `${DETAIL}/tags`;

interface Bodies {
  preview: boolean;
  body: Record<string, unknown>;
}

/** Return a reply to a change, and record what was asked for. */
function change(
  code: string,
  seen: Bodies[] = [],
  undo: Record<string, unknown> | null = null
): (request: RecordedRequest) => Response {
  return ({ body }) => {
    const { preview = false, ...rest } = (body ?? {}) as Record<string, unknown>;
    seen.push({ preview: preview === true, body: rest });
    return json(
      preview
        ? { code, message: `Will run ${code}`, warnings: [] }
        : { code, message: `Did run ${code}`, undo }
    );
  };
}

async function pageWith(replies: Record<string, object>): Promise<Page> {
  return page(replies, { face: 'notebook' });
}

function type(component: { node: Element }, text: string): HTMLInputElement {
  const field = component.node.querySelector<HTMLInputElement>(
    '.exo-ActionForm input[type=text], .exo-ActionForm textarea'
  )!;
  field.value = text;
  field.dispatchEvent(new Event('input', { bubbles: true }));
  return field;
}

test('an action shows the code, and is applied after confirmation', async () => {
  const seen: Bodies[] = [];
  const found = await pageWith({ [`POST ${TAGS}`]: change('registry.tag_model(…)', seen) });
  const view = await showDetail(found);
  await click(view, 'Tag…');
  type(view, 'team=vetting');
  await click(view, 'Add tag');
  expect(texts(view, '.exo-ActionForm-code')).toEqual(['registry.tag_model(…)']);
  expect(texts(view, '.exo-ActionForm-question p')).toEqual(['Will run registry.tag_model(…)']);
  expect(seen).toEqual([{ preview: true, body: { tags: { team: 'vetting' } } }]);
  (document.activeElement as HTMLElement).click();
  await settle();
  expect(seen[1]).toEqual({ preview: false, body: { tags: { team: 'vetting' } } });
  expect(found.status.report.mock.calls[0]?.[0]).toBe('Did run registry.tag_model(…)');
});

test('the form is closed afterwards, and the focus returns to its button', async () => {
  const view = await showDetail(await pageWith({ [`POST ${TAGS}`]: change('code') }));
  await click(view, 'Tag…');
  type(view, 'reviewed');
  await click(view, 'Add tag');
  (document.activeElement as HTMLElement).click();
  await settle();
  expect(view.node.querySelector('.exo-ActionForm')).toBeNull();
  expect(document.activeElement).toBe(buttonOf(view, 'Tag…'));
});

test('Undo sends the request of the reply', async () => {
  const seen: Bodies[] = [];
  const undo = { method: 'PUT', path: CHAMPION, body: { version: 2 }, code: '' };
  const found = await pageWith({
    [`POST ${TAGS}`]: change('code', [], undo),
    [`PUT ${CHAMPION}`]: change('undone', seen)
  });
  const view = await showDetail(found);
  await click(view, 'Tag…');
  type(view, 'reviewed');
  await click(view, 'Add tag');
  (document.activeElement as HTMLElement).click();
  await settle();
  const action = found.status.report.mock.calls[0]?.[1] as { label: string; run: () => void };
  expect(action.label).toBe('Undo');
  action.run();
  await settle();
  expect(seen).toEqual([{ preview: false, body: { version: 2 } }]);
  expect(found.status.report.mock.calls[1]?.[0]).toBe('Did run undone');
});

test('a change without undo offers none', async () => {
  const found = await pageWith({ [`POST ${DETAIL}/notes`]: change('registry.annotate(…)') });
  const view = await showDetail(found);
  await click(view, 'Note…');
  type(view, 'Good');
  await click(view, 'Add note');
  (document.activeElement as HTMLElement).click();
  await settle();
  expect(found.status.report.mock.calls).toEqual([['Did run registry.annotate(…)', undefined]]);
});

test('Escape leads back to the fields and then closes the form', async () => {
  const view = await showDetail(await pageWith({ [`POST ${TAGS}`]: change('code') }));
  await click(view, 'Tag…');
  const field = type(view, 'reviewed');
  await click(view, 'Add tag');
  const escape = () => new KeyboardEvent('keydown', { key: 'Escape', bubbles: true });
  document.activeElement?.dispatchEvent(escape());
  expect(document.activeElement).toBe(field);
  expect(field.value).toBe('reviewed');
  field.dispatchEvent(escape());
  expect(view.node.querySelector('.exo-ActionForm')).toBeNull();
  expect(document.activeElement).toBe(buttonOf(view, 'Tag…'));
});

test('Enter in a field shows the code', async () => {
  const view = await showDetail(await pageWith({ [`POST ${TAGS}`]: change('code') }));
  await click(view, 'Tag…');
  const field = type(view, 'reviewed');
  const event = new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true });
  field.dispatchEvent(event);
  // The browser would submit the form too.
  expect(event.defaultPrevented).toBe(true);
  await settle();
  expect(texts(view, '.exo-ActionForm-code')).toEqual(['code']);
});

test('a question has the only buttons', async () => {
  const view = await showDetail(await pageWith({ [`POST ${TAGS}`]: change('code') }));
  await click(view, 'Tag…');
  type(view, 'reviewed');
  await click(view, 'Add tag');
  const buttons = view.node.querySelector<HTMLElement>('.exo-Form > .exo-Buttons');
  expect(buttons?.hidden).toBe(true);
  await answer(view, 'Cancel');
  expect(buttons?.hidden).toBe(false);
});

test('another text takes the question for the last one away', async () => {
  const view = await showDetail(await pageWith({ [`POST ${TAGS}`]: change('code') }));
  await click(view, 'Tag…');
  type(view, 'reviewed');
  await click(view, 'Add tag');
  type(view, 'review');
  expect(texts(view, '.exo-ActionForm-code')).toEqual([]);
});

test.each([
  ['Tag…', 'Add tag', 'Enter a tag, such as reviewed or team=vetting.'],
  ['Note…', 'Add note', 'Enter the text of the note.'],
  ['Set alias…', 'Set alias', 'Enter an alias, such as champion.'],
  ['Export…', 'Export', 'Enter the folder to export to.']
])('%s without a text says what to enter', async (action, choice, message) => {
  const view = await showDetail(await pageWith({}));
  await click(view, action);
  await click(view, choice);
  expect(texts(view, '[role=alert]')).toEqual([`⚠ ${message}`]);
});

test('an error keeps the text', async () => {
  const reply = () => problem(422, 'bad_record', 'The tag is too long.');
  const view = await showDetail(await pageWith({ [`POST ${TAGS}`]: reply }));
  await click(view, 'Tag…');
  const field = type(view, 'reviewed');
  await click(view, 'Add tag');
  expect(texts(view, '[role=alert]')).toEqual(['⚠ The tag is too long.']);
  expect(field.value).toBe('reviewed');
});

test('a note that was not sent is there when its form is opened again', async () => {
  const found = await pageWith({});
  const view = await showDetail(found);
  await click(view, 'Note…');
  type(view, 'Half a sentence');
  view.dispose();
  const again = await showDetail(found);
  await click(again, 'Note…');
  expect(again.node.querySelector('textarea')?.value).toBe('Half a sentence');
});

test('delete asks immediately, with the code and a marked button', async () => {
  const seen: Bodies[] = [];
  const reply = change("registry.delete_model('kepler_rf:3')", seen);
  const view = await showDetail(await pageWith({ [`POST ${DETAIL}/delete`]: reply }));
  await click(view, 'Delete…');
  expect(texts(view, '.exo-ActionForm-code')).toEqual(["registry.delete_model('kepler_rf:3')"]);
  expect(document.activeElement?.classList.contains('jp-mod-warn')).toBe(true);
  await answer(view, 'Cancel');
  expect(seen.map(({ preview }) => preview)).toEqual([true]);
  expect(document.activeElement).toBe(buttonOf(view, 'Delete…'));
});

test('a deleted version offers Restore instead of Delete', async () => {
  const reply = { ...detail(3, { status: 'deleted' }) };
  const view = await showDetail(await pageWith({ [`GET ${DETAIL}`]: reply }));
  const labels = texts(view, '.exo-ActionBar-buttons button');
  expect(labels).toContain('Restore…');
  expect(labels).not.toContain('Delete…');
});

test('a protected alias asks for Apply anyway, which applies with force', async () => {
  const seen: Bodies[] = [];
  const forced = change('code', seen);
  const reply = (request: RecordedRequest) =>
    (request.body as Record<string, unknown>).force === true
      ? forced(request)
      : problem(409, 'protected', '@champion is protected.');
  const view = await showDetail(await pageWith({ [`POST ${DETAIL}/delete`]: reply }));
  await click(view, 'Delete…');
  expect(texts(view, '[role=alert]')).toEqual(['⚠ @champion is protected.']);
  await click(view, 'Apply anyway');
  await answer(view, 'Delete');
  expect(seen).toEqual([
    { preview: true, body: { force: true } },
    { preview: false, body: { force: true } }
  ]);
});

test('an alias that was moved meanwhile is applied anyway with its new place', async () => {
  const seen: Bodies[] = [];
  const asked = change('code', seen);
  const reply = (request: RecordedRequest) => {
    const { preview, expected } = request.body as Record<string, unknown>;
    return preview === true || expected === 7
      ? asked(request)
      : problem(409, 'conflict', '@champion points to 7.', { actual: 7 });
  };
  const view = await showDetail(
    await pageWith({
      [`PUT ${CHAMPION}`]: reply,
      'GET /registries/r1/models': {
        ...{ total: 1, columns: [], hints: [], message: null },
        items: [model('kepler_rf', { aliases: { champion: 2 } })]
      }
    })
  );
  await click(view, 'Set alias…');
  type(view, 'champion');
  await click(view, 'Move here');
  (document.activeElement as HTMLElement).click();
  await settle();
  expect(texts(view, '[role=alert]')).toEqual(['⚠ @champion points to 7.']);
  await click(view, 'Apply anyway');
  expect(seen[seen.length - 1]).toEqual({ preview: false, body: { version: 3, expected: 7 } });
});

test('a tag is removed after confirmation', async () => {
  const seen: Bodies[] = [];
  const reply = change("registry.untag_model('kepler_rf:3', 'team')", seen);
  const view = await showDetail(await pageWith({ [`DELETE ${TAGS}/team`]: reply }));
  await click(view, 'Remove tag team');
  await answer(view, 'Remove');
  expect(seen.map(({ preview }) => preview)).toEqual([true, false]);
});
