/** Versions side by side. */
import { Widget } from '@lumino/widgets';

import { Api, sentence } from '../registry/api';
import { button, h } from '../view/dom';
import { Pictures } from '../view/plots';
import { Comparison, Detail } from '../registry/types';

// Of one search alone.
const SINGLE = 'trials';

export class ComparisonView extends Widget {
  constructor(
    private readonly api: Api,
    readonly registry: string,
    readonly refs: string[],
    onClose?: () => void
  ) {
    const title = `Comparison of ${refs.join(', ')}`;
    super({ node: h('div', { class: 'exo-Comparison', role: 'region', 'aria-label': title }) });
    this.pictures = new Pictures(api, registry, () => refs);
    this.everything.addEventListener('change', () => void this.read());
    const close = onClose && button('×', onClose, { class: 'exo-Icon', 'aria-label': 'Close' });
    this.node.append(
      h('div', { class: 'exo-Detail-title' }, h('h3', {}, title), close),
      h('label', {}, this.everything, ' also what is the same'),
      this.place,
      this.pictures.node
    );
    void this.read();
    void this.offerPlots();
  }

  override dispose(): void {
    this.pictures.dispose();
    super.dispose();
  }

  private async read(): Promise<void> {
    try {
      const route = ['registries', this.registry, 'compare'];
      const query = { ref: this.refs, all: this.everything.checked };
      const found = await this.api.get<Comparison>(route, query);
      this.place.replaceChildren(table(found));
    } catch (error) {
      this.place.replaceChildren(h('p', { class: 'exo-mod-error' }, `⚠ ${sentence(error)}`));
    }
  }

  private async offerPlots(): Promise<void> {
    const [name, version] = this.refs[0]!.split(':') as [string, string];
    const route = ['registries', this.registry, 'models', name, 'versions', version];
    const detail = await this.api.get<Detail>(route).catch(() => null);
    this.pictures.offer((detail?.plots ?? []).filter(kind => kind !== SINGLE));
  }

  private readonly everything = h('input', { type: 'checkbox' });
  private readonly place = h('div', { class: 'exo-Comparison-table', tabindex: 0 });
  private readonly pictures: Pictures;
}

function table(found: Comparison): HTMLElement {
  if (found.rows.length === 0) {
    return h('p', {}, 'Nothing differs.');
  }
  const head = ['section', 'field', ...found.ids].map(name => h('th', { scope: 'col' }, name));
  const lines = found.rows.map(({ section, field, values }) =>
    h(
      'tr',
      {},
      h('td', { class: 'exo-mod-quiet' }, section),
      h('th', { scope: 'row' }, field),
      ...values.map(value => h('td', {}, value ?? '–'))
    )
  );
  return h('table', { class: 'exo-Facts' }, h('thead', {}, h('tr', {}, ...head)), h('tbody', {}, ...lines));
}
