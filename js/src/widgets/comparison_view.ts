/** Compares versions in a table and in plots. */
import { Widget } from '@lumino/widgets';

import type { Api } from '../registry/api';
import { errorMessage } from '../registry/api_error';
import type { Comparison, Detail } from '../registry/old_types';
import { comparisonTable } from '../view/comparison_table';
import { errorText, h, iconButton } from '../view/dom';
import { Plots } from '../view/plots';

// Shows the search of one version, so it cannot compare.
const SINGLE_VERSION_PLOT = 'trials';

export class ComparisonView extends Widget {
  constructor(
    private readonly api: Api,
    readonly registry: string,
    readonly refs: string[],
    onClose?: () => void
  ) {
    const title = `Comparison of ${refs.join(', ')}`;
    super({ node: h('div', { class: 'exo-Comparison', role: 'region', 'aria-label': title }) });
    this.plots = new Plots(api, registry, () => refs);
    this.showIdentical.addEventListener('change', () => void this.load());
    this.node.append(
      h(
        'div',
        { class: 'exo-Detail-title' },
        h('h3', {}, title),
        onClose && iconButton('×', 'Close', onClose)
      ),
      h('label', {}, this.showIdentical, ' Show identical rows'),
      this.table,
      this.plots.node
    );
    void this.load();
    void this.offerPlots();
  }

  override dispose(): void {
    this.plots.dispose();
    super.dispose();
  }

  private async load(): Promise<void> {
    try {
      const route = ['registries', this.registry, 'compare'];
      const query = { ref: this.refs, all: this.showIdentical.checked };
      const comparison = await this.api.get<Comparison>(route, query);
      this.table.replaceChildren(comparisonTable(comparison));
    } catch (error) {
      this.table.replaceChildren(errorText(errorMessage(error)));
    }
  }

  private async offerPlots(): Promise<void> {
    const [name = '', version = ''] = (this.refs[0] ?? '').split(':');
    const route = ['registries', this.registry, 'models', name, 'versions', version];
    const detail = await this.api.get<Detail>(route).catch(() => null);
    this.plots.offer((detail?.plots ?? []).filter(kind => kind !== SINGLE_VERSION_PLOT));
  }

  private readonly showIdentical = h('input', { type: 'checkbox' });
  private readonly table = h('div', { class: 'exo-Comparison-table', tabindex: 0 });
  private readonly plots: Plots;
}
