/** The upper part of a view: which registry, which models, in which order. */
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';

import { ApiError, sentence } from '../registry/api';
import { button, h } from '../view/dom';
import { Store } from '../registry/store';
import { Order, Place } from '../registry/types';
import { count } from '../view/format';

const PAUSE_MS = 250;
const ORDERS: [Order, string][] = [
  ['name', 'by name'],
  ['-registered_at', 'newest first'],
  ['-versions', 'most versions first'],
  ['-metric', 'highest metric first'],
  ['metric', 'lowest metric first']
];

export class Head extends Widget {
  constructor(
    private readonly store: Store,
    fixed: boolean
  ) {
    super({ node: h('div', { class: 'exo-Head', role: 'search' }) });
    const refresh = button('↻', () => this.run(store.refresh()), {
      class: 'exo-Icon',
      'aria-label': 'Refresh',
      title: 'Refresh'
    });
    this.node.append(
      h('div', { class: 'exo-Head-line', hidden: fixed }, this.places, refresh),
      this.input,
      this.fault,
      h('div', { class: 'exo-Head-line' }, this.orders, this.compare),
      h('div', { class: 'exo-Head-line exo-mod-quiet' }, this.told, this.deleted.parentElement)
    );
    this.listen();
    store.changed.connect(this.update, this);
  }

  /** The selected versions are to be compared. */
  readonly compared = new Signal<this, void>(this);

  /** Go to the search field. */
  focusSearch(): void {
    this.input.focus();
  }

  protected override onAfterAttach(): void {
    this.update();
  }

  protected override onUpdateRequest(): void {
    const { places, place, selected } = this.store;
    const ids = places.map(({ id }) => id).join();
    if (ids !== this.listed) {
      this.listed = ids;
      this.places.replaceChildren(...places.map(option));
    }
    this.places.value = place?.id ?? '';
    this.places.title = place?.location ?? '';
    this.places.disabled = places.length === 0;
    this.compare.textContent = `Compare (${selected.size})`;
    this.compare.disabled = selected.size < 2;
    this.tellFault();
    this.told.textContent = this.summary();
  }

  private listen(): void {
    let timer = 0;
    const search = () => {
      const order = this.orders.value as Order;
      this.run(this.store.search(this.input.value, order, this.deleted.checked));
    };
    this.input.addEventListener('input', () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(search, PAUSE_MS);
    });
    this.orders.addEventListener('change', search);
    this.deleted.addEventListener('change', search);
    this.places.addEventListener('change', () => this.run(this.store.choose(this.places.value)));
    // Registries come and go seldom: they are listed again when somebody wants to choose.
    this.places.addEventListener('focus', () => this.run(this.store.findPlaces()));
  }

  private tellFault(): void {
    const { failure } = this.store;
    const position = failure instanceof ApiError ? failure.position : null;
    this.input.setAttribute('aria-invalid', String(position !== null));
    this.fault.replaceChildren();
    if (failure !== null && failure !== undefined) {
      this.fault.append(`⚠ ${sentence(failure)}`);
    }
    if (position !== null) {
      this.fault.append(...marked(this.store.query, position));
    }
  }

  private summary(): string {
    const { place, places, models, failure } = this.store;
    if (place === null) {
      return failure ? '' : places.length === 0 && this.listed === '' ? NONE : '';
    }
    if (models === null) {
      return failure ? '' : 'Reading …';
    }
    if (models.total === 0) {
      return this.store.query ? 'No model fits.' : 'No models yet: register_model adds the first.';
    }
    return count(models.total, 'model');
  }

  private run(work: Promise<void>): void {
    // What fails is told by the store.
    work.catch(() => undefined);
  }

  private readonly places = h('select', { class: 'jp-mod-styled', 'aria-label': 'Registry' });
  private readonly fault = h('div', { class: 'exo-Fault exo-mod-error', role: 'status' });
  private readonly input = h('input', {
    type: 'search',
    class: 'jp-mod-styled',
    placeholder: 'Words, or metrics.f1_score > 0.9',
    title: "Words, or a filter such as metrics.f1_score > 0.9 and 'reviewed' in tags",
    'aria-label': 'Search by words or by a filter',
    spellcheck: 'false'
  });
  private readonly orders = h(
    'select',
    { class: 'jp-mod-styled', 'aria-label': 'Order' },
    ...ORDERS.map(([value, label]) => h('option', { value }, label))
  );
  private readonly deleted = inLabel('deleted', 'Show deleted versions too');
  private readonly compare = button('Compare (0)', () => this.compared.emit(), {
    title: 'Compare the versions that are marked with Space'
  });
  private readonly told = h('div', { class: 'exo-Head-told', role: 'status' });
  private listed = '';
}

const NONE =
  'There is no registry below the folder of this server yet: ModelRegistry("registry") makes one.';

function option(place: Place): HTMLElement {
  const name = place.location === place.name ? place.name : `${place.name} (${place.location})`;
  return h('option', { value: place.id }, place.writable ? name : `${name}, read-only`);
}

function inLabel(text: string, title: string): HTMLInputElement {
  const input = h('input', { type: 'checkbox' });
  h('label', { title }, input, ` ${text}`);
  return input;
}

/** A filter with the place at which it was not understood. */
function marked(query: string, position: number): Node[] {
  const [before, at, after] = [
    query.slice(0, position),
    query.slice(position, position + 1),
    query.slice(position + 1)
  ];
  return [
    h('code', {}, before, h('mark', {}, at || ' '), after),
    h('span', {}, ` column ${position + 1}`)
  ];
}
