/** Keeps keys that are pressed in the view from JupyterLab's shortcuts. */

// Source: `targetDistance` of @lumino/commands, which tests a selector before it checks the parent:
// the attribute must be on the target itself.
const SUPPRESSED = 'data-lm-suppress-shortcuts';

/**
 * Keep keys without a modifier, and Enter, in an element; return the function that ends it.
 *
 * JupyterLab listens in the capture phase: if a row or button of an output has the focus, Enter edits
 * the cell and "D D" deletes it before any listener of the view is called. Other keys with a
 * modifier, such as Ctrl+S, remain shortcuts.
 */
export function keepKeys(node: HTMLElement): () => void {
  const onKey = (event: KeyboardEvent) => {
    const { target } = event;
    if (target instanceof Element && node.contains(target)) {
      const isShortcut = event.ctrlKey || event.metaKey || event.altKey;
      target.toggleAttribute(SUPPRESSED, !isShortcut || event.key === 'Enter');
    }
  };
  // Source: `evtKeydown` of @jupyterlab/application, which prevents the line break of Enter in a cell.
  // In an input, Enter breaks no line: it submits the form, and ends the change of a value.
  const onInput = (event: InputEvent) => {
    if (event.inputType === 'insertLineBreak' && event.target instanceof HTMLInputElement) {
      event.stopPropagation();
    }
  };
  node.addEventListener('beforeinput', onInput, true);
  // Before the listener of the document.
  window.addEventListener('keydown', onKey, true);
  return () => {
    node.removeEventListener('beforeinput', onInput, true);
    window.removeEventListener('keydown', onKey, true);
  };
}
