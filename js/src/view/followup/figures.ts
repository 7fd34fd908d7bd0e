/** The figures of a follow-up list, drawn by the kernel for the current threshold. */
import { errorMessage } from '../../registry/api_error';
import type { Component } from '../component';
import { button, errorText, h, replaceIfChanged } from '../dom';
import type { Trans } from '../translator';
import type { CandidatesStore } from './candidates_store';
import type { FigureKind } from './types';

export class Figures implements Component {
  constructor(
    private readonly store: CandidatesStore,
    private readonly trans: Trans
  ) {
    this.buttons.setAttribute('aria-label', trans.__('Figures'));
    this.node.append(this.buttons, this.output);
  }

  readonly node = h('div', { class: 'exo-Figures' });

  render(): void {
    const { list, state } = this.store;
    const figures = list?.figures ?? [];
    this.node.hidden = figures.length === 0;
    replaceIfChanged(this.buttons, figures, () =>
      figures.map(({ kind, title }) =>
        button(title, () => this.toggle(kind), {
          'data-kind': kind,
          'aria-pressed': String(kind === this.shown)
        })
      )
    );
    const figure = figures.find(({ kind }) => kind === this.shown);
    const key = figure ? `${figure.kind} ${state.threshold}` : '';
    if (key !== this.drawn) {
      this.drawn = key;
      void this.draw(figure ?? null, key);
    }
  }

  dispose(): void {
    this.drawn = '';
    this.clear();
    this.node.remove();
  }

  private toggle(kind: string): void {
    this.shown = kind === this.shown ? null : kind;
    for (const one of this.buttons.querySelectorAll('button')) {
      one.setAttribute('aria-pressed', String(one.dataset.kind === this.shown));
    }
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
    this.output.setAttribute('aria-busy', 'true');
    try {
      const { image, caption } = await this.store.figure(figure.kind);
      if (key === this.drawn) {
        this.show(image, caption === '' ? figure.title : caption);
      }
    } catch (error) {
      if (key === this.drawn) {
        this.clear();
        this.output.append(errorText(errorMessage(error)));
      }
    }
    if (key === this.drawn) {
      this.output.removeAttribute('aria-busy');
    }
  }

  private show(image: Blob, caption: string): void {
    this.clear();
    this.url = URL.createObjectURL(image);
    this.output.append(
      h(
        'figure',
        {},
        h('img', { src: this.url, alt: caption }),
        // The alternative text has it already.
        h('figcaption', { 'aria-hidden': 'true' }, caption)
      )
    );
  }

  private clear(): void {
    this.output.replaceChildren();
    if (this.url !== null) {
      URL.revokeObjectURL(this.url);
      this.url = null;
    }
  }

  private readonly buttons = h('div', { class: 'exo-Buttons', role: 'group' });
  private readonly output = h('div', { class: 'exo-Figures-output', 'aria-live': 'polite' });
  private shown: string | null = null;
  private drawn = '';
  private url: string | null = null;
}
