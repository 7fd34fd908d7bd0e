import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Store } from '../../src/registry/store';
import { Search } from '../../src/view/search';
import { context } from '../context';
import { FakeServer, problem, settle } from '../fake_server';
import { modelPage, replies } from '../samples';
import { press, shownText } from '../scenario';

let server: FakeServer;
let store: Store;
let search: Search;
let input: HTMLInputElement;

beforeEach(async () => {
  server = new FakeServer(replies());
  store = new Store(server.api);
  await store.poll();
  search = new Search(context(store));
  document.body.replaceChildren(search.node);
  input = search.node.querySelector('input')!;
  search.focus();
});
afterEach(() => {
  search.dispose();
  vi.useRealTimers();
});

async function type(text: string): Promise<void> {
  input.value = text;
  input.setSelectionRange(text.length, text.length);
  input.dispatchEvent(new Event('input', { bubbles: true }));
  await settle();
}

const options = () =>
  [...search.node.querySelectorAll('[role="option"]')].map(({ textContent }) => textContent);
const chips = () =>
  [...search.node.querySelectorAll('.exo-Chip-text')].map(({ textContent }) => textContent);
const clickOn = (label: string) =>
  search.node.querySelector<HTMLElement>(`button[aria-label="${label}"]`)!.click();

describe('the search field', () => {
  it('searches a moment after typing', async () => {
    vi.useFakeTimers();
    input.value = 'churn';
    input.dispatchEvent(new Event('input'));
    expect(store.state.query).toBe('');
    await vi.advanceTimersByTimeAsync(400);
    expect(store.state.query).toBe('churn');
  });

  it('searches at once with Enter', () => {
    input.value = ' churn ';
    press(input, 'Enter');
    expect(store.state.query).toBe('churn');
    expect(input.value).toBe(' churn ');
  });

  it('is cleared by its button and by Escape', async () => {
    await type('churn');
    press(input, 'Enter');
    clickOn('Clear the search');
    expect([store.state.query, input.value]).toEqual(['', '']);
    input.value = 'churn';
    press(input, 'Escape');
    press(input, 'Escape');
    expect([store.state.query, input.value]).toEqual(['', '']);
  });

  it('shows a search that comes from the outside', () => {
    store.receive({ query: 'kepler' });
    expect(input.value).toBe('kepler');
  });

  it('keeps its keys from JupyterLab', () => {
    const outside = vi.fn();
    document.body.addEventListener('keydown', outside);
    ['a', 'Enter', 'ArrowLeft'].forEach(key => press(input, key));
    expect(outside).not.toHaveBeenCalled();
    press(input, 'Tab');
    expect(outside).toHaveBeenCalledOnce();
    document.body.removeEventListener('keydown', outside);
  });
});

describe('the completions', () => {
  it('are offered while the user types', async () => {
    await type('f1');
    expect(options()).toEqual(['metrics.f1_scoremetrics']);
    expect(input.getAttribute('aria-expanded')).toBe('true');
  });

  it('are chosen with the arrow keys and Enter', async () => {
    await type('metrics.');
    press(input, 'ArrowDown');
    press(input, 'ArrowDown');
    const active = search.node.querySelector('[aria-selected="true"]');
    expect(input.getAttribute('aria-activedescendant')).toBe(active?.id);
    press(input, 'Enter');
    expect(input.value).toBe('metrics.log_loss ');
    expect(options()).toEqual([]);
  });

  it('leave Enter to the search while none is chosen', async () => {
    await type('f1');
    press(input, 'Enter');
    expect(store.state.query).toBe('f1');
    expect(options()).toEqual([]);
  });

  it('stay closed after Enter when the fields arrive later', async () => {
    input.value = 'tags';
    input.dispatchEvent(new Event('input', { bubbles: true }));
    press(input, 'Enter');
    await settle();
    expect(options()).toEqual([]);
  });

  it('are chosen with a click, and keep what follows the caret', async () => {
    input.value = 'f1 > 0.5';
    input.setSelectionRange(2, 2);
    input.dispatchEvent(new Event('input'));
    await settle();
    search.node.querySelector<HTMLElement>('[role="option"]')!.click();
    expect(input.value).toBe('metrics.f1_score > 0.5');
  });

  it('are closed by Escape, which keeps the text', async () => {
    await type('f1');
    press(input, 'Escape');
    expect(options()).toEqual([]);
    expect(input.value).toBe('f1');
  });

  it('are missing when the fields cannot be read', async () => {
    server.on('GET /registries/r1/fields', () => problem(503, 'store', 'No disk.'));
    await type('f1');
    expect(options()).toEqual([]);
  });
});

describe('the chips', () => {
  it('show words and filters, and remove one of them', async () => {
    store.update({ query: "churn version > 1 and 'x' in tags" });
    await settle();
    expect(chips()).toEqual(['churn', 'version > 1', "'x' in tags"]);
    clickOn('Remove the filter version > 1');
    expect(store.state.query).toBe("churn 'x' in tags");
    expect(input.value).toBe("churn 'x' in tags");
  });

  it('have one for a model, and keep the focus on the next', () => {
    store.update({ model_name: 'kepler_rf', query: 'churn' });
    expect(chips()).toEqual(['model: kepler_rf', 'churn']);
    clickOn('Remove the filter model: kepler_rf');
    expect(store.state.model_name).toBe('');
    expect(document.activeElement?.getAttribute('aria-label')).toBe('Remove the filter churn');
  });

  it('give the focus to the search field after the last', () => {
    store.update({ query: 'churn' });
    clickOn('Remove the filter churn');
    expect(chips()).toEqual([]);
    expect(document.activeElement).toBe(input);
  });

  it('are removed together', () => {
    store.update({ model_name: 'kepler_rf', query: 'churn' });
    search.node.querySelector<HTMLElement>('.exo-Link')!.click();
    expect(store.state).toMatchObject({ model_name: '', query: '' });
  });

  it('show hostile text as text', () => {
    store.update({ query: '<img src=x onerror=alert(1)>' });
    expect(search.node.querySelector('img')).toBeNull();
    expect(chips().join(' ')).toContain('<img');
  });
});

describe('the notes of the search', () => {
  it('mark the place of a wrong filter and keep the rows', async () => {
    server.on('GET /registries/r1/models', () =>
      problem(400, 'invalid_query', 'Here a value is expected.', {
        text: 'version >',
        position: 9,
        suggestions: []
      })
    );
    store.update({ query: 'version >' });
    await settle();
    expect(shownText(search.node)).toContain('Here a value is expected. | version > | column 10');
    expect(input.getAttribute('aria-invalid')).toBe('true');
    expect(store.rows?.items).toHaveLength(2);
  });

  it('search for the field that was meant, with a click', async () => {
    server.on('GET /registries/r1/models', ({ query }) =>
      query.get('q')?.startsWith('f1')
        ? problem(400, 'invalid_query', "Unknown field 'f1'.", {
            text: 'f1 > 1',
            position: 0,
            suggestions: ['metrics.f1_score']
          })
        : new Response(JSON.stringify(modelPage()))
    );
    store.update({ query: 'f1 > 1' });
    await settle();
    search.node.querySelector<HTMLElement>('.exo-SearchNotes-fix')!.click();
    await settle();
    expect(store.state.query).toBe('metrics.f1_score > 1');
    expect(search.node.querySelector('.exo-SearchNotes-error')).toBeNull();
  });

  it('show the hints of a reply with their corrections', async () => {
    const text = 'No version has metrics.f1. Did you mean metrics.f1_score or metrics.$&?';
    const suggestions = ['metrics.f1_score', "metrics['$& or 1']"];
    const hints = [{ text, field: 'metrics.f1', suggestions }];
    server.on('GET /registries/r1/models', { ...modelPage([], { hints }) });
    store.update({ query: 'metrics.f1 > 1' });
    await settle();
    expect(shownText(search.node)).toContain(text);
    const labels = [...search.node.querySelectorAll('.exo-SearchNotes-fix')].map(
      node => node.textContent
    );
    expect(labels).toEqual(suggestions);
    search.node.querySelector<HTMLElement>('.exo-SearchNotes-fix')!.click();
    expect(store.state.query).toBe('metrics.f1_score > 1');
  });
});

describe('another error', () => {
  it('offers to try again', async () => {
    server.isReachable = false;
    await store.poll().catch(() => undefined);
    expect(shownText(search.node)).toContain('Cannot reach the Jupyter server. | Try again');
    server.isReachable = true;
    search.node.querySelector<HTMLElement>('.exo-SearchNotes-error button')!.click();
    await settle();
    expect(store.error).toBeNull();
    expect(shownText(search.node)).not.toContain('Try again');
  });
});

it.each([
  [250, 'Search or filter'],
  [700, 'Search, or filter such as metrics.f1_score > 0.9']
])('the search field has a hint that fits in %i px', (width, hint) => {
  let resized: ResizeObserverCallback = () => undefined;
  class FakeObserver {
    constructor(callback: ResizeObserverCallback) {
      resized = callback;
    }
    observe = vi.fn();
    disconnect = vi.fn();
  }
  vi.stubGlobal('ResizeObserver', FakeObserver);
  const shown = new Search(context(store));
  const entry = { contentRect: { width } } as unknown as ResizeObserverEntry;
  resized([entry], null as unknown as ResizeObserver);
  expect(shown.node.querySelector('input')?.placeholder).toBe(hint);
  shown.dispose();
  vi.unstubAllGlobals();
});

it('a wrong filter is not shown as an active one', async () => {
  server.on('GET /registries/r1/models', () =>
    problem(400, 'invalid_query', 'Here a value is expected.', { position: 9 })
  );
  store.update({ query: 'version >', model_name: 'kepler_rf' });
  await settle();
  expect(chips()).toEqual(['model: kepler_rf']);
  server.on('GET /registries/r1/models', { ...modelPage() });
  store.update({ query: 'version > 1' });
  await settle();
  expect(chips()).toEqual(['model: kepler_rf', 'version > 1']);
});
