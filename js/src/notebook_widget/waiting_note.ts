/** One sentence above a view while the kernel does not reply. */
import type { CommTransport } from '../transport/comm';
import { h } from '../view/dom';
import type { Trans } from '../view/translator';

/** Create the element that has the sentence while the transport waits. */
export function waitingNote(transport: CommTransport, trans: Trans): HTMLElement {
  // The live region is always there, so that a screen reader announces its text.
  const node = h('div', { class: 'exo-KernelNote', role: 'status' });
  const text = trans.__('Waiting for the kernel, which may be running a cell.');
  transport.onWaiting = isWaiting => {
    node.textContent = isWaiting ? text : '';
  };
  return node;
}
