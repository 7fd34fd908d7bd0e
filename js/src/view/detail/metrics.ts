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
    this.section.content.append(this.list, this.plots.node);
    this.node = this.section.node;
  }

  readonly node: HTMLElement;

  update({ metrics, plots }: VersionDetail): void {
    this.list.replaceChildren(this.listOf(metrics));
    this.plots.offer(plots);
  }

  dispose(): void {
    this.plots.dispose();
  }

  private listOf(metrics: readonly DetailMetric[]): HTMLElement {
    const { trans } = this.context;
    if (metrics.length === 0) {
      return h('p', { class: 'exo-mod-secondary' }, trans.__('No metrics.'));
    }
    const items = metrics.map(({ title, text, higher_is_better: isHigher }) => {
      const hint =
        isHigher === null
          ? null
          : isHigher
            ? trans.__('Higher is better')
            : trans.__('Lower is better');
      return h('div', { title: hint }, h('dt', {}, ...breakable(title)), h('dd', {}, text));
    });
    return h('dl', { class: 'exo-Metrics' }, ...items);
  }

  private readonly section: DetailSection;
  private readonly plots: Plots;
  private readonly list = h('div');
}
