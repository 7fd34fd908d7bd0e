/** Plots of versions, drawn by the server. */
import type { Api, PlotImage } from '../registry/api';
import { errorMessage } from '../registry/api_error';
import { button, errorText, h } from './dom';

const TITLES: Record<string, string> = {
  metric: 'Metric over versions',
  roc: 'ROC curve',
  calibration: 'Reliability curve',
  probabilities: 'Probabilities by class',
  predicted_vs_true: 'Predicted against true',
  error_distribution: 'Distribution of errors',
  hyperparameter: 'Hyperparameter against metric',
  monitoring: 'Metrics measured later',
  trials: 'Search trials',
  curve: 'Training curve'
};

/** One button for each kind of plot, and the plot that is open. */
export class Plots {
  /** `refsOf` returns the references that a kind of plot shows. */
  constructor(
    private readonly api: Api,
    private readonly registry: string,
    private readonly refsOf: (kind: string) => string[]
  ) {
    this.node.append(this.buttons, this.output);
  }

  readonly node = h('div', { class: 'exo-Plots' });

  /** Offer these kinds of plots. */
  offer(kinds: string[]): void {
    this.kinds = kinds;
    this.buttons.replaceChildren(
      ...kinds.map(kind =>
        button(titleOf(kind), () => void this.toggle(kind), {
          'aria-pressed': String(kind === this.open)
        })
      )
    );
    if (this.open !== null && !kinds.includes(this.open)) {
      this.clear();
    }
  }

  /** Release the image. */
  dispose(): void {
    this.clear();
  }

  private async toggle(kind: string): Promise<void> {
    const isNew = kind !== this.open;
    this.clear();
    this.open = isNew ? kind : null;
    this.offer(this.kinds);
    // The buttons were replaced, so the focus is set on the new one.
    const index = this.kinds.indexOf(kind);
    (this.buttons.children[index] as HTMLElement | undefined)?.focus();
    if (isNew) {
      await this.load(kind);
    }
  }

  private async load(kind: string): Promise<void> {
    this.output.replaceChildren('Loading…');
    try {
      const query = { kind, ref: this.refsOf(kind) };
      const plot = await this.api.plot(['registries', this.registry, 'plot'], query);
      if (this.open === kind) {
        this.show(titleOf(kind), plot);
      }
    } catch (error) {
      this.output.replaceChildren(errorText(errorMessage(error)));
    }
  }

  private show(title: string, { image, caption }: PlotImage): void {
    this.url = URL.createObjectURL(image);
    this.output.replaceChildren(h('img', { src: this.url, alt: caption || title, title: caption }));
  }

  private clear(): void {
    this.output.replaceChildren();
    this.open = null;
    if (this.url !== null) {
      URL.revokeObjectURL(this.url);
      this.url = null;
    }
  }

  private readonly buttons = h('div', { class: 'exo-Buttons' });
  private readonly output = h('div', { role: 'status' });
  private kinds: string[] = [];
  private open: string | null = null;
  private url: string | null = null;
}

function titleOf(kind: string): string {
  const words = kind.replace(/_/g, ' ');
  return TITLES[kind] ?? words.charAt(0).toUpperCase() + words.slice(1);
}
