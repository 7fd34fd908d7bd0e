import { expect, test, vi } from 'vitest';

import { requestAction } from '../../../src/view/action_request';
import { detail } from '../../samples';
import { DETAIL, buttonOf, click, page, showDetail, texts } from '../detail/fixture';

test('what is not possible is disabled with the reason, and keeps the focus', async () => {
  const actions = {
    ...detail().actions,
    tag: { enabled: false, why: 'The registry is read-only.' }
  };
  const found = await page({ [`GET ${DETAIL}`]: { ...detail(3, { actions }) } });
  const view = await showDetail(found);
  const tag = buttonOf(view, 'Tag…');
  expect([tag.getAttribute('aria-disabled'), tag.title]).toEqual([
    'true',
    'The registry is read-only.'
  ]);
  tag.click();
  expect(view.node.querySelector('.exo-ActionForm')).toBeNull();
  expect(found.status.report).toHaveBeenCalledWith('The registry is read-only.');
});

test('export is offered in a notebook only', async () => {
  const inLab = await showDetail(await page({}, { face: 'lab' }));
  expect(texts(inLab, '.exo-ActionBar-buttons button')).not.toContain('Export…');
});

test('calls that the host lacks have no button', async () => {
  const without = await showDetail(await page({}));
  expect(texts(without, '.exo-ActionBar-buttons button')).not.toContain('Insert code');
  const insertCode = vi.fn();
  const openNotebook = vi.fn();
  const view = await showDetail(await page({}, { insertCode, openNotebook }));
  await click(view, 'Insert code');
  await click(view, 'Open notebook');
  expect(insertCode).toHaveBeenCalledWith(detail().code);
  expect(openNotebook).toHaveBeenCalledWith('work/train.ipynb', 4, 'model.fit(X, y)');
});

test('the reference is copied', async () => {
  const copy = vi.fn(() => Promise.resolve());
  const found = await page({}, { copy });
  await click(await showDetail(found), 'Copy reference');
  expect(copy).toHaveBeenCalledWith('kepler_rf@champion');
  expect(found.status.report).toHaveBeenCalledWith('Copied: kepler_rf@champion');
});

test('the menu of a narrow bar has the actions without room', async () => {
  const view = await showDetail(await page({}));
  await click(view, 'More actions');
  const items = [...document.querySelectorAll('.exo-Menu-item')].map(item => item.textContent);
  expect(items).toEqual(['Note…', 'Delete…', 'Copy reference']);
  document.querySelector<HTMLElement>('.exo-Menu-item')?.click();
  expect(view.node.querySelector('.exo-ActionForm textarea')).not.toBeNull();
});

test('a form that the menu of a row asks for is opened', async () => {
  const found = await page({});
  requestAction(found.context, 'kepler_rf:3', 'tag');
  const view = await showDetail(found);
  expect(view.node.querySelector('.exo-ActionForm')?.getAttribute('aria-label')).toBe(
    'Tag of kepler_rf:3'
  );
});
