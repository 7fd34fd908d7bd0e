/** A follow-up list in a page, and a user of it. */
import { CandidatesView } from '../../../src/view/followup/candidates_view';
import type { CandidatesState } from '../../../src/view/followup/types';
import { english } from '../../../src/view/translator';
import { FakeKernel, STATE } from './fake_kernel';

export class Driver {
  readonly kernel = new FakeKernel();
  view!: CandidatesView;
  saved: Partial<CandidatesState>[] = [];

  /** Show the view, instead of an earlier one. */
  async open(state: Partial<CandidatesState> = {}): Promise<void> {
    this.close();
    this.view = new CandidatesView(this.kernel.transport, english, { ...STATE, ...state });
    this.saved = [];
    this.view.store.stateChanged.connect(patch => this.saved.push(patch));
    document.body.append(this.view.node);
    await settle();
  }

  close(): void {
    // The first call has no view.
    (this.view as CandidatesView | undefined)?.dispose();
  }

  rowNames(): string[] {
    return [...this.view.node.querySelectorAll('.exo-Candidates-name')].map(one => one.textContent);
  }

  field(label: string): HTMLInputElement {
    const labels = [...this.view.node.querySelectorAll('label')];
    const { htmlFor } = labels.find(one => one.textContent === label)!;
    return this.view.node.querySelector(`#${htmlFor}`)!;
  }

  async press(label: string): Promise<void> {
    const buttons = [...this.view.node.querySelectorAll('button')];
    buttons.find(one => one.textContent === label)!.click();
    await settle();
  }

  async enter(label: string, text: string): Promise<void> {
    const input = this.field(label);
    input.value = text;
    input.dispatchEvent(new Event('change', { bubbles: true }));
    await settle();
  }

  async submit(label: string, text: string): Promise<void> {
    const input = this.field(label);
    input.value = text;
    input.closest('form')!.dispatchEvent(new Event('submit', { cancelable: true }));
    await settle();
  }
}

export function settle(): Promise<void> {
  return new Promise(resolve => window.setTimeout(resolve, 5));
}
