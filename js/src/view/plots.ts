/** Plots that the server draws. */
import { Api, Picture, sentence } from '../registry/api';
import { button, h } from './dom';

const TITLES: Record<string, string> = {
  metric: 'Metric over versions',
  roc: 'ROC curve',
  calibration: 'Reliability curve',
  probabilities: 'Probabilities by class',
  hyperparameter: 'Hyperparameter against metric',
  trials: 'Trials of the search'
};

/** Buttons for the plots of some versions, and the plot that was asked for. */
export class Pictures {
  /** `refsOf` tells which versions a kind of plot is to show. */
  constructor(
    private readonly api: Api,
    private readonly registry: string,
    private readonly refsOf: (kind: string) => string[]
  ) {
    this.node.append(this.buttons, this.place);
  }

  readonly node = h('div', { class: 'exo-Pictures' });

  /** Offer these kinds. */
  offer(kinds: string[]): void {
    this.offered = kinds;
    this.buttons.replaceChildren(
      ...kinds.map(kind =>
        button(titleOf(kind), () => void this.toggle(kind), {
          'aria-pressed': String(kind === this.kind)
        })
      )
    );
    if (this.kind !== null && !kinds.includes(this.kind)) {
      this.clear();
    }
  }

  /** Free the picture. */
  dispose(): void {
    this.clear();
  }

  private async toggle(kind: string): Promise<void> {
    const isNew = kind !== this.kind;
    this.clear();
    this.kind = isNew ? kind : null;
    const index = this.offered.indexOf(kind);
    this.offer(this.offered);
    (this.buttons.children[index] as HTMLElement | undefined)?.focus();
    if (isNew) {
      await this.draw(kind);
    }
  }

  private async draw(kind: string): Promise<void> {
    this.place.replaceChildren('Drawing …');
    try {
      const query = { kind, ref: this.refsOf(kind) };
      const picture = await this.api.picture(['registries', this.registry, 'plot'], query);
      if (this.kind === kind) {
        this.show(titleOf(kind), picture);
      }
    } catch (error) {
      this.place.replaceChildren(h('p', { class: 'exo-mod-error' }, `⚠ ${sentence(error)}`));
    }
  }

  private show(title: string, { image, caption }: Picture): void {
    this.url = URL.createObjectURL(image);
    this.place.replaceChildren(h('img', { src: this.url, alt: caption || title, title: caption }));
  }

  private clear(): void {
    this.place.replaceChildren();
    this.kind = null;
    if (this.url !== null) {
      URL.revokeObjectURL(this.url);
      this.url = null;
    }
  }

  private readonly buttons = h('div', { class: 'exo-Buttons' });
  private readonly place = h('div', { role: 'status' });
  private offered: string[] = [];
  private kind: string | null = null;
  private url: string | null = null;
}

function titleOf(kind: string): string {
  const plain = kind.replace(/_/g, ' ');
  return TITLES[kind] ?? plain.charAt(0).toUpperCase() + plain.slice(1);
}
