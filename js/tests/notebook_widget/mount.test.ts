import { gzipSync } from 'node:zlib';

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import type { KernelModel, MountedView } from '../../src/notebook_widget/kernel_model';
import { mount } from '../../src/notebook_widget/mount';
import { english } from '../../src/view/translator';

type Listener = (content: unknown, buffers: DataView[]) => void;
type Message = Parameters<KernelModel['send']>[0];

const HEAD = {
  id: 'this',
  name: 'registry',
  location: 'models/registry',
  writable: true,
  why_read_only: null,
  counts: { models: 0, versions: 0, deleted: 0 },
  signer: null,
  format_version: 1
};
const REPLIES: Record<string, object> = {
  '/registries': {
    registries: [{ ...HEAD, source: 'configured' }]
  },
  '/registries/this': HEAD,
  '/candidates': {
    caveat: '',
    headline: '',
    lines: [],
    source: '',
    range: { min: 0, max: 1, step: 0.01 },
    start: { value: 0.9, text: '0.9' },
    columns: [],
    rows: [],
    total: 0,
    page: 0,
    page_size: 25,
    figures: []
  },
  '/registries/this/versions': { total: 0, hints: [], message: null, columns: [], items: [] }
};

/** The traits of a follow-up list. */
const CANDIDATES: Record<string, unknown> = {
  _kind: 'candidates',
  threshold: 0.9,
  selected: '',
  sort_by: 'signal',
  descending: false,
  page: 0
};

function packed(content: object): DataView {
  return new DataView(Uint8Array.from(gzipSync(JSON.stringify(content))).buffer);
}

/** A model of ipywidgets, with a kernel that answers as an empty registry. */
class FakeModel implements KernelModel {
  comm: KernelModel['comm'];
  readonly sent: Message[] = [];
  saved = 0;
  private readonly listeners = new Map<string, Set<Listener>>();
  private readonly values: Record<string, unknown> = {
    query: '',
    view: 'versions',
    model_name: '',
    order_by: '-created_at',
    page: 1,
    columns: [],
    show_deleted: false,
    fold_children: true,
    selected: [],
    _primed: {},
    _page_size: 25
  };

  get(name: string): unknown {
    return this.values[name];
  }

  set(name: string, value: unknown): void {
    if (this.values[name] !== value) {
      this.values[name] = value;
      this.emit(`change:${name}`, value);
    }
  }

  save_changes(): void {
    this.saved += 1;
  }

  send(content: Message): void {
    this.sent.push(content);
    if (content.type !== 'request') {
      return;
    }
    const [path = ''] = (content.path as string).split('?');
    const body = packed(REPLIES[path] ?? {});
    const reply = { v: 1, type: 'reply', mark: content.mark, status: 200, headers: {} };
    queueMicrotask(() => this.emit('msg:custom', reply, [body]));
  }

  on(event: string, listener: Listener): void {
    const known = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, known.add(listener));
  }

  off(event: string, listener: Listener): void {
    this.listeners.get(event)?.delete(listener);
  }

  emit(event: string, content: unknown, buffers: DataView[] = []): void {
    this.listeners.get(event)?.forEach(listener => listener(content, buffers));
  }

  get listened(): number {
    return [...this.listeners.values()].reduce((total, known) => total + known.size, 0);
  }

  /** The paths of the lists that were requested. */
  get lists(): string[] {
    const requests = this.sent.filter(({ type }) => type === 'request');
    return requests.map(({ path }) => path as string).filter(path => path.includes('/versions'));
  }
}

let model: FakeModel;
let element: HTMLElement;
let mounted: MountedView;

beforeEach(async () => {
  model = new FakeModel();
  element = document.createElement('div');
  document.body.append(element);
  mounted = mount(element, model, english);
  await vi.waitFor(() => expect(model.lists).toHaveLength(1));
  await settle();
});

afterEach(() => {
  mounted.dispose();
  element.remove();
});

function settle(): Promise<void> {
  return new Promise(resolve => window.setTimeout(resolve, 20));
}

test('shows the view in the element', () => {
  expect(element.querySelector('.exo-View')).not.toBeNull();
});

test('offers the code of an empty registry for insertion where the page can insert it', async () => {
  const insertCode = vi.fn();
  const other = document.createElement('div');
  const view = mount(other, model, english, { insertCode });
  const label = 'Insert into notebook';
  const button = () => [...other.querySelectorAll('button')].find(b => b.textContent === label);
  await vi.waitFor(() => expect(button()).toBeDefined());
  button()?.click();
  expect(insertCode.mock.lastCall?.[0]).toContain('register_model');
  expect(element.textContent).not.toContain(label);
  view.dispose();
});

test('lists what the traits describe', () => {
  expect(model.lists).toHaveLength(1);
  expect(model.lists[0]).toContain('order_by=-created_at');
  expect(model.lists[0]).toContain('limit=25');
});

test('follows a trait that Python sets, without an echo', async () => {
  model.set('query', 'svm');
  await vi.waitFor(() => expect(model.lists[1]).toContain('where=svm'));
  expect(model.saved).toBe(0);
});

test('follows several views of a model, without an echo', async () => {
  const other = document.createElement('div');
  const second = mount(other, model, english);
  await vi.waitFor(() => expect(model.lists).toHaveLength(2));
  model.set('query', 'svm');
  await vi.waitFor(() =>
    expect(model.lists.filter(path => path.includes('where=svm'))).toHaveLength(2)
  );
  expect(model.saved).toBe(0);
  second.dispose();
});

test('reads the list again when the kernel changed the registry', async () => {
  model.emit('msg:custom', { v: 1, type: 'changed' });
  await vi.waitFor(() => expect(model.lists).toHaveLength(2));
});

test('reads a follow-up list again when a reply of the kernel is late', async () => {
  const candidates = new FakeModel();
  vi.spyOn(candidates, 'get').mockImplementation(name =>
    name in CANDIDATES ? CANDIDATES[name] : model.get(name)
  );
  const read = () =>
    candidates.sent.filter(({ path }) => (path as string | undefined)?.startsWith('/candidates?'));
  const view = mount(document.createElement('div'), candidates, english);
  await vi.waitFor(() => expect(read()).toHaveLength(1));
  await settle();
  candidates.emit('msg:custom', { v: 1, type: 'changed' });
  await vi.waitFor(() => expect(read()).toHaveLength(2));
  view.dispose();
});

test('stops listening when it is removed', () => {
  mounted.dispose();
  expect(model.listened).toBe(0);
});

test('sends no request for what came with the widget', async () => {
  const primed = new FakeModel();
  const reply = (path: string) => [200, {}, packed(REPLIES[path]!)];
  const list = '/registries/this/versions';
  vi.spyOn(primed, 'get').mockImplementation(name =>
    name === '_primed'
      ? {
          '/registries': reply('/registries'),
          '/registries/this': reply('/registries/this'),
          [`${list}?order_by=-created_at&limit=25&offset=0&fold_children=true`]: reply(list)
        }
      : model.get(name)
  );
  const view = mount(document.createElement('div'), primed, english);
  await vi.waitFor(() => expect(primed.sent).not.toEqual([]));
  await settle();
  expect(primed.sent.map(({ type }) => type)).toEqual(['hello']);
  view.dispose();
});

test.each([
  ['missing', undefined],
  ['of another form', { '/registries': 'text' }],
  ['not compressed', { '/registries': [200, {}, new DataView(new ArrayBuffer(4))] }]
])('requests the first replies if those of the widget are %s', async (_, value) => {
  const damaged = new FakeModel();
  vi.spyOn(damaged, 'get').mockImplementation(name =>
    name === '_primed' ? value : model.get(name)
  );
  const view = mount(document.createElement('div'), damaged, english);
  await vi.waitFor(() => expect(damaged.sent.map(({ type }) => type)).toContain('request'));
  view.dispose();
});

test('greets the kernel after JupyterLab has started its subshell', async () => {
  const model = new FakeModel();
  let start: () => void = () => undefined;
  const subshellStarted = new Promise<void>(resolve => (start = resolve));
  model.comm = { jsServicesComm: { subshellStarted } };
  const view = mount(document.createElement('div'), model, english);
  await settle();
  const greetings = () => model.sent.filter(({ type }) => type === 'hello').length;
  expect(greetings()).toBe(0);
  start();
  await settle();
  expect(greetings()).toBe(1);
  view.dispose();
});
