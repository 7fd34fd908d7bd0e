/** One sentence above a stored view: why it does not react, and what to do. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

/** Why a stored view is shown: the kernel cannot reply yet, or does not have the panel. */
export type StoredReason = 'waiting' | 'unavailable';

export class StoredNote extends Widget {
  constructor(private readonly trans: TranslationBundle) {
    super();
    this.addClass('exo-KernelNote');
    this.node.setAttribute('role', 'status');
  }

  /** Why the stored view is shown; null for a live panel, and before it is known. */
  set reason(reason: StoredReason | null) {
    const text = reason === null ? '' : this.text(reason);
    // A screen reader announces each change.
    if (this.node.textContent !== text) {
      this.node.textContent = text;
    }
  }

  private text(reason: StoredReason): string {
    return reason === 'waiting'
      ? this.trans.__('Stored view. The kernel is busy or starting; the panel waits for it.')
      : this.trans.__('Stored view. Run the cell to use the panel.');
  }
}
