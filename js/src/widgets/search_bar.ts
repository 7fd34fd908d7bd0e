/** The top of a view: which registry, which models, and in which order. */
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';

import { ApiError, errorMessage } from '../registry/api_error';
import type { Store } from '../registry/old_store';
import type { Order, RegistryInfo } from '../registry/old_types';
import { button, h, iconButton } from '../view/dom';
import { markPosition } from '../view/filter_error';
import { formatCount } from '../view/format';

const DEBOUNCE_MS = 250;
const ORDERS: [Order, string][] = [
  ['name', 'Sort by name'],
  ['-registered_at', 'Newest first'],
  ['-versions', 'Most versions first'],
  ['-metric', 'Highest metric first'],
  ['metric', 'Lowest metric first']
];
const NO_REGISTRY =
  'No registry in the folder of this server. Create one with ModelRegistry("registry").';
const NO_MODEL = 'No models yet. Register one with register_model.';
const NO_MATCH = 'No matching models. Clear the filter to list all models.';

export class SearchBar extends Widget {
  constructor(
    private readonly store: Store,
    fixed: boolean
  ) {
    super({ node: h('div', { class: 'exo-SearchBar', role: 'search' }) });
    this.node.append(
      h(
        'div',
        { class: 'exo-SearchBar-row', hidden: fixed },
        this.registries,
        iconButton('↻', 'Refresh', () => this.run(store.refresh()))
      ),
      this.input,
      this.error,
      h('div', { class: 'exo-SearchBar-row' }, this.order, this.compare),
      h(
        'div',
        { class: 'exo-SearchBar-row exo-mod-secondary' },
        this.summary,
        h('label', { title: 'Include deleted versions' }, this.deleted, ' Show deleted')
      )
    );
    this.listen();
    store.changed.connect(this.onChanged, this);
  }

  /** Emitted when the user compares the selected versions. */
  readonly compareRequested = new Signal<this, void>(this);

  /** Move the focus to the search field. */
  focusSearch(): void {
    this.input.focus();
  }

  override dispose(): void {
    this.store.changed.disconnect(this.onChanged, this);
    super.dispose();
  }

  protected override onAfterAttach(): void {
    this.update();
  }

  protected override onUpdateRequest(): void {
    const { registries, registry, selected } = this.store;
    const ids = registries.map(({ id }) => id).join();
    if (ids !== this.listedIds) {
      this.listedIds = ids;
      this.registries.replaceChildren(...registries.map(registryOption));
    }
    this.registries.value = registry?.id ?? '';
    this.registries.title = registry?.location ?? '';
    this.registries.disabled = registries.length === 0;
    this.compare.textContent = `Compare (${selected.size})`;
    this.compare.disabled = selected.size < 2;
    this.showError();
    this.summary.textContent = summaryOf(this.store);
  }

  private onChanged(): void {
    this.update();
  }

  private listen(): void {
    let timer = 0;
    const search = () => {
      const order = this.order.value as Order;
      this.run(this.store.search(this.input.value, order, this.deleted.checked));
    };
    this.input.addEventListener('input', () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(search, DEBOUNCE_MS);
    });
    this.order.addEventListener('change', search);
    this.deleted.addEventListener('change', search);
    this.registries.addEventListener('change', () =>
      this.run(this.store.selectRegistry(this.registries.value))
    );
    // Registries are added rarely, so they are listed again only when the user opens the menu.
    this.registries.addEventListener('focus', () => this.run(this.store.listRegistries()));
  }

  private showError(): void {
    const { error, query } = this.store;
    const position = error instanceof ApiError ? error.position : null;
    this.input.setAttribute('aria-invalid', String(position !== null));
    this.error.replaceChildren();
    if (error !== null && error !== undefined) {
      this.error.append(`⚠ ${errorMessage(error)}`);
    }
    if (position !== null) {
      this.error.append(...markPosition(query, position));
    }
  }

  private run(work: Promise<void>): void {
    // The store keeps the error, and `showError` shows it.
    work.catch(() => undefined);
  }

  private readonly registries = h('select', { class: 'jp-mod-styled', 'aria-label': 'Registry' });
  private readonly error = h('div', { class: 'exo-SearchBar-error exo-mod-error', role: 'status' });
  private readonly input = h('input', {
    type: 'search',
    class: 'jp-mod-styled',
    placeholder: 'Text or filter: metrics.f1_score > 0.9',
    title: "Text, or a filter such as metrics.f1_score > 0.9 and 'reviewed' in tags",
    'aria-label': 'Filter models',
    spellcheck: 'false'
  });
  private readonly order = h(
    'select',
    { class: 'jp-mod-styled', 'aria-label': 'Sort by' },
    ...ORDERS.map(([value, label]) => h('option', { value }, label))
  );
  private readonly deleted = h('input', { type: 'checkbox' });
  private readonly compare = button('Compare (0)', () => this.compareRequested.emit(), {
    title: 'Compare the selected versions'
  });
  private readonly summary = h('div', { role: 'status' });
  private listedIds = '';
}

/** Return how many models are listed, or why none are. */
export function summaryOf({ registry, registries, models, error, query }: Store): string {
  if (error !== null && (registry === null || models === null)) {
    return '';
  }
  if (registry === null) {
    return registries.length === 0 ? NO_REGISTRY : '';
  }
  if (models === null) {
    return 'Loading…';
  }
  if (models.total === 0) {
    return query === '' ? NO_MODEL : NO_MATCH;
  }
  return formatCount(models.total, 'model');
}

function registryOption({ id, name, location, writable }: RegistryInfo): HTMLElement {
  const label = location === name ? name : `${name} (${location})`;
  return h('option', { value: id }, writable ? label : `${label}, read-only`);
}
