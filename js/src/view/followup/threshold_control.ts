/** A slider for the threshold, and a field for the same number. */
import type { Component } from '../component';
import { button, h, setText } from '../dom';
import { elementId } from '../element_id';
import type { Trans } from '../translator';
import type { CandidatesStore } from './candidates_store';

export class ThresholdControl implements Component {
  constructor(
    private readonly store: CandidatesStore,
    private readonly trans: Trans
  ) {
    const id = elementId('threshold');
    const title = trans.__('Minimum probability of a flagged candidate');
    this.slider = h('input', {
      type: 'range',
      class: 'exo-Threshold-slider',
      'aria-label': trans.__('Threshold slider'),
      title,
      input: () => {
        this.field.value = this.slider.value;
        this.mark();
      },
      change: () => this.commit(this.slider.value)
    });
    this.field = h('input', {
      id,
      type: 'number',
      class: 'exo-Threshold-field jp-mod-styled',
      title,
      change: () => this.commit(this.field.value)
    });
    this.reset = button(trans.__('Reset'), () => this.restore());
    this.node = h(
      'div',
      { class: 'exo-Threshold' },
      h('label', { for: id }, trans.__('Threshold')),
      this.field,
      this.slider,
      this.reset,
      this.problem
    );
  }

  readonly node: HTMLElement;

  /** Show the threshold, also the one that Python sets. */
  render(): void {
    const { list, state } = this.store;
    if (list === null) {
      return;
    }
    const { step } = list.range;
    const min = Math.min(list.range.min, state.threshold);
    const max = Math.max(list.range.max, state.threshold);
    const { value, text } = list.start;
    const key = [state.threshold, min, max, step, value].join(' ');
    if (key === this.shown) {
      return;
    }
    this.shown = key;
    for (const input of [this.slider, this.field]) {
      Object.assign(input, { min: String(min), max: String(max), step: String(step) });
      // A slider rounds its value to its range, which therefore comes first.
      input.value = String(state.threshold);
    }
    this.mark();
    // A disabled button would lose the focus.
    this.reset.setAttribute('aria-disabled', String(state.threshold === value));
    this.reset.title = this.trans.__('Set the threshold to %1 again', text);
    this.report('');
  }

  dispose(): void {
    this.node.remove();
  }

  /** Fill the track of the slider up to its thumb. */
  private mark(): void {
    const { value, min, max } = this.slider;
    const share = (Number(value) - Number(min)) / (Number(max) - Number(min));
    this.slider.style.setProperty('--exo-share', String(share));
  }

  private restore(): void {
    const { list, state } = this.store;
    if (list === null || state.threshold === list.start.value) {
      // The field can still have a text that is not a number.
      this.shown = '';
      this.render();
      return;
    }
    this.store.update({ threshold: list.start.value });
  }

  private commit(text: string): void {
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value)) {
      this.report(this.trans.__('Enter a number, for example 0.9.'));
      return;
    }
    this.report('');
    this.store.update({ threshold: value });
  }

  private report(text: string): void {
    setText(this.problem, text);
    if (text === '') {
      this.field.removeAttribute('aria-invalid');
    } else {
      this.field.setAttribute('aria-invalid', 'true');
    }
  }

  private readonly slider: HTMLInputElement;
  private readonly field: HTMLInputElement;
  private readonly reset: HTMLButtonElement;
  private readonly problem = h('span', { class: 'exo-Threshold-problem', role: 'status' });
  private shown = '';
}
