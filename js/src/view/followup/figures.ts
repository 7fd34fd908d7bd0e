/** The figures of a follow-up list, drawn by the kernel for the current threshold. */
import type { PlotImage } from '../../registry/api';
import { errorMessage } from '../../registry/api_error';
import type { Component } from '../component';
import { onThemeChange, themeOf } from '../detail/theme';
import { button, errorText, h, replaceIfChanged } from '../dom';
import type { Trans } from '../translator';
import type { CandidatesStore } from './candidates_store';
import type { FigureKind } from './types';

/** Arrow keys on the slider change the threshold faster than the kernel draws. */
const REDRAW_MS = 250;
/** A wider figure would take the place of the table. */
const MAX_WIDTH = 440;

export class Figures implements Component {
  constructor(
    private readonly store: CandidatesStore,
    private readonly trans: Trans
  ) {
    this.buttons.setAttribute('aria-label', trans.__('Figures'));
    this.node.append(this.buttons, this.output, this.problem);
    this.stopFollowing = onThemeChange(() => {
      if (this.url !== null && themeOf(this.node) !== this.theme) {
        this.drawn = '';
        this.render();
      }
    });
  }

  readonly node = h('div', { class: 'exo-Figures' });

  render(): void {
    const { list, state } = this.store;
    const figures = list?.figures ?? [];
    this.node.hidden = figures.length === 0;
    replaceIfChanged(this.buttons, figures, () =>
      figures.map(({ kind, title }) =>
        button(title, () => this.toggle(kind), { 'data-kind': kind })
      )
    );
    const shown = this.kind();
    for (const one of this.buttons.querySelectorAll('button')) {
      one.setAttribute('aria-pressed', String(one.dataset.kind === shown));
    }
    const figure = figures.find(({ kind }) => kind === shown);
    const key = figure ? `${figure.kind} ${state.threshold}` : '';
    if (key !== this.drawn) {
      this.drawn = key;
      window.clearTimeout(this.timer);
      this.output.setAttribute('aria-busy', String(figure !== undefined));
      const delay = this.url === null ? 0 : REDRAW_MS;
      this.timer = window.setTimeout(() => void this.draw(figure ?? null, key), delay);
    }
  }

  dispose(): void {
    this.stopFollowing();
    window.clearTimeout(this.timer);
    this.drawn = '';
    this.clear();
    this.node.remove();
  }

  /** A wide view shows the first figure until the user chooses. */
  setWide(isWide: boolean): void {
    this.isWide = isWide;
    this.render();
  }

  private kind(): string | null {
    const first = this.store.list?.figures[0]?.kind ?? null;
    return this.chosen === undefined && this.isWide ? first : (this.chosen ?? null);
  }

  private toggle(kind: string): void {
    this.chosen = kind === this.kind() ? null : kind;
    this.clear();
    this.render();
  }

  private async draw(figure: FigureKind | null, key: string): Promise<void> {
    if (figure === null) {
      this.clear();
      return;
    }
    if (this.url === null) {
      this.output.replaceChildren(h('p', {}, this.trans.__('Drawing…')));
    }
    try {
      this.theme = themeOf(this.node);
      const width = Math.min(MAX_WIDTH, this.node.clientWidth) || undefined;
      const plot = await this.store.figure(figure.kind, { theme: this.theme, width });
      if (key === this.drawn) {
        this.show(figure.title, plot);
      }
    } catch (error) {
      if (key === this.drawn) {
        this.clear();
        this.problem.append(errorText(errorMessage(error)));
      }
    }
    if (key === this.drawn) {
      this.output.setAttribute('aria-busy', 'false');
    }
  }

  private show(title: string, { image, caption, width }: PlotImage): void {
    this.clear();
    this.url = URL.createObjectURL(image);
    this.output.append(h('img', { src: this.url, alt: caption || title, width }));
  }

  private clear(): void {
    this.output.replaceChildren();
    this.problem.replaceChildren();
    if (this.url !== null) {
      URL.revokeObjectURL(this.url);
      this.url = null;
    }
  }

  private readonly buttons = h('div', { class: 'exo-Buttons', role: 'group' });
  private readonly output = h('div', { class: 'exo-Figures-output' });
  private readonly problem = h('div', { role: 'status' });
  private isWide = false;
  /** The figure that the user chose; null for none, undefined before the first choice. */
  private chosen: string | null | undefined;
  private drawn = '';
  private timer = 0;
  private theme: 'light' | 'dark' = 'light';
  private readonly stopFollowing: () => void;
  private url: string | null = null;
}
