/** Plots of versions, drawn by the kernel or the server. */
import type { PlotImage, Query } from '../../registry/api';
import { errorMessage } from '../../registry/api_error';
import type { PlotKind } from '../../registry/types';
import type { ViewContext } from '../context';
import { button, errorText, h } from '../dom';
import { onThemeChange, themeOf } from './theme';

const MEMORY = 'open-plot';
const VALUES = 'plot-values-are-open';
const MAX_WIDTH = 1600;

/** One button for each kind of plot, and the plot that is open. */
export class Plots {
  /** `refsOf` returns the references that a kind of plot shows. */
  constructor(
    private readonly context: ViewContext,
    private readonly refsOf: (kind: string) => string[]
  ) {
    this.node.append(this.buttons, this.output);
    this.buttons.setAttribute('aria-label', context.trans.__('Plots'));
    this.stopFollowing = onThemeChange(() => this.onThemeChange());
  }

  readonly node = h('div', { class: 'exo-Plots' });

  /** Offer these kinds of plots, and draw the open one again. */
  offer(kinds: readonly PlotKind[]): void {
    const key = JSON.stringify(kinds);
    if (key !== this.offered) {
      this.offered = key;
      this.kinds = kinds;
      const nodes = kinds.map(({ kind, title }) =>
        button(title, () => this.toggle(kind), { 'data-kind': kind })
      );
      this.buttons.replaceChildren(...nodes);
    }
    this.node.hidden = kinds.length === 0;
    const kind = this.context.memory.get(MEMORY);
    this.open(kinds.some(one => one.kind === kind) ? String(kind) : null);
  }

  dispose(): void {
    this.stopFollowing();
    this.open(null);
  }

  /** Draw the open plot in the colors of the new theme. */
  private onThemeChange(): void {
    if (this.url !== null && themeOf(this.node) !== this.theme) {
      this.open(this.shown);
    }
  }

  private toggle(kind: string): void {
    const chosen = kind === this.shown ? null : kind;
    this.context.memory.set(MEMORY, chosen);
    this.open(chosen);
  }

  private open(kind: string | null): void {
    this.reading.abort();
    this.reading = new AbortController();
    if (kind !== this.shown) {
      this.clear();
    }
    this.shown = kind;
    for (const node of this.buttons.children) {
      const isPressed = (node as HTMLElement).dataset.kind === kind;
      node.setAttribute('aria-pressed', String(isPressed));
    }
    if (kind !== null) {
      void this.load(kind, this.reading.signal);
    }
  }

  private async load(kind: string, signal: AbortSignal): Promise<void> {
    const { api, store, trans } = this.context;
    if (this.url === null) {
      this.output.replaceChildren(h('p', { class: 'exo-Loading' }, trans.__('Drawing…')));
    }
    this.output.setAttribute('aria-busy', 'true');
    try {
      const plot = await api.plot(store.route('plot'), this.query(kind));
      if (!signal.aborted) {
        this.show(this.kinds.find(one => one.kind === kind)?.title ?? kind, plot);
      }
    } catch (error) {
      if (!signal.aborted) {
        this.clear();
        this.output.append(errorText(errorMessage(error)), this.retryButton(kind));
      }
    } finally {
      if (!signal.aborted) {
        this.output.removeAttribute('aria-busy');
      }
    }
  }

  private query(kind: string): Query {
    this.theme = themeOf(this.node);
    const width = Math.min(MAX_WIDTH, this.node.clientWidth);
    return { kind, ref: this.refsOf(kind), theme: this.theme, width: width || undefined };
  }

  private retryButton(kind: string): HTMLElement {
    return button(this.context.trans.__('Retry'), () => this.open(kind));
  }

  private show(title: string, { image, caption, width }: PlotImage): void {
    this.clear();
    this.url = URL.createObjectURL(image);
    this.output.append(
      h(
        'figure',
        {},
        h('img', { src: this.url, alt: caption || title, width }),
        caption !== '' && this.values(caption)
      )
    );
  }

  /** The plotted values as text. They are long, and the figure has its own title and legend. */
  private values(caption: string): HTMLElement {
    const { memory, trans } = this.context;
    const node = h(
      'details',
      { class: 'exo-Plots-values', open: memory.get(VALUES) === true },
      h('summary', {}, trans.__('Values')),
      h('p', {}, caption)
    );
    node.addEventListener('toggle', () => memory.set(VALUES, node.open));
    return node;
  }

  private clear(): void {
    this.output.replaceChildren();
    if (this.url !== null) {
      URL.revokeObjectURL(this.url);
      this.url = null;
    }
  }

  private readonly buttons = h('div', { class: 'exo-Buttons', role: 'group' });
  private readonly output = h('div', { class: 'exo-Plots-output', 'aria-live': 'polite' });
  private kinds: readonly PlotKind[] = [];
  private offered = '';
  private shown: string | null = null;
  private url: string | null = null;
  private theme: 'light' | 'dark' = 'light';
  private readonly stopFollowing: () => void;
  private reading = new AbortController();
}
