/** The metrics of a version, and its plots. */
import type { DetailMetric, VersionDetail } from '../../registry/types';
import type { ViewContext } from '../context';
import { h } from '../dom';
import { DetailSection } from './detail_section';
import type { DetailPart } from './part';
import { Plots } from './plots';
import { breakable } from './table';

export class MetricsPart implements DetailPart {
  constructor(
    private readonly context: ViewContext,
    name: string,
    ref: string
  ) {
    const title = context.trans.__('Metrics');
    this.section = new DetailSection(context, { key: 'metrics', title, isOpen: true });
    // The metric over versions is a plot of the model.
    this.plots = new Plots(context, kind => [kind === 'metric' ? name : ref]);
    this.section.content.append(this.table, this.plots.node);
    this.node = this.section.node;
  }

  readonly node: HTMLElement;

  update({ metrics, plots }: VersionDetail): void {
    this.table.replaceChildren(this.tableOf(metrics));
    this.plots.offer(plots);
  }

  dispose(): void {
    this.plots.dispose();
  }

  private tableOf(metrics: readonly DetailMetric[]): HTMLElement {
    const { trans } = this.context;
    if (metrics.length === 0) {
      return h('p', { class: 'exo-mod-secondary' }, trans.__('No metrics.'));
    }
    const rows = metrics.map(({ title, text, interval, higher_is_better: isHigher }) => {
      const hint =
        isHigher === null
          ? null
          : isHigher
            ? trans.__('Higher is better')
            : trans.__('Lower is better');
      return h(
        'tr',
        { title: hint },
        h('th', { scope: 'row' }, ...breakable(title)),
        h('td', { class: 'exo-Number' }, text),
        h('td', { class: 'exo-Interval' }, interval ?? '')
      );
    });
    return h('table', { class: 'exo-Facts exo-Metrics' }, h('tbody', {}, ...rows));
  }

  private readonly section: DetailSection;
  private readonly plots: Plots;
  private readonly table = h('div');
}
