/** Plots that the server draws. */
import { Api, sentence } from './api';
import { button, h } from './dom';
import { Plot } from './types';

/** Buttons for the plots of some versions, and the one that was asked for. */
export class Pictures {
  constructor(
    private readonly api: Api,
    private readonly registry: string,
    private readonly refs: string[]
  ) {
    this.node.append(this.buttons, this.place);
  }

  /** Offer these plots. */
  offer(plots: Plot[]): void {
    this.buttons.replaceChildren(
      ...plots.map(plot =>
        button(plot.title, () => void this.draw(plot), {
          'aria-pressed': String(plot.kind === this.drawn?.kind)
        })
      )
    );
    if (this.drawn && !plots.some(plot => plot.kind === this.drawn?.kind)) {
      this.clear();
    }
    this.offered = plots;
  }

  /** Free the picture. */
  dispose(): void {
    this.isDisposed = true;
    this.clear();
  }

  private async draw(plot: Plot): Promise<void> {
    if (plot.kind === this.drawn?.kind) {
      this.clear();
      this.offer(this.offered);
      return;
    }
    this.clear();
    this.drawn = plot;
    this.offer(this.offered);
    try {
      const query = { kind: plot.kind, ref: this.refs };
      const image = await this.api.image(['registries', this.registry, 'plot'], query);
      if (this.drawn === plot && !this.isDisposed) {
        this.url = URL.createObjectURL(image);
        const alt = `${plot.title} of ${this.refs.join(', ')}`;
        this.place.replaceChildren(h('img', { src: this.url, alt }));
      }
    } catch (error) {
      this.place.replaceChildren(h('p', { class: 'exo-mod-error' }, `⚠ ${sentence(error)}`));
    }
  }

  private clear(): void {
    this.place.replaceChildren();
    this.drawn = null;
    if (this.url !== null) {
      URL.revokeObjectURL(this.url);
      this.url = null;
    }
  }

  readonly node = h('div', { class: 'exo-Pictures' });
  private readonly buttons = h('div', { class: 'exo-Buttons' });
  private readonly place = h('div', { role: 'status' });
  private isDisposed = false;
  private offered: Plot[] = [];
  private drawn: Plot | null = null;
  private url: string | null = null;
}
