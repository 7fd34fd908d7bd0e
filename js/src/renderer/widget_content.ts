/** The content of the renderer of ipywidgets: first a message, then the widget. */

const LOADING = 'Loading';

/** Whether ipywidgets no longer waits for the widget. It can also have failed. */
export function isLoaded(node: HTMLElement): boolean {
  return !node.textContent.startsWith(LOADING);
}

/** Resolve when the widget has drawn something, but at the latest after some milliseconds. */
export function drawnOrTimeout(node: HTMLElement | undefined, timeoutMs: number): Promise<void> {
  return new Promise(resolve => {
    const finish = () => {
      observer.disconnect();
      window.clearTimeout(timer);
      resolve();
    };
    const observer = new MutationObserver(() => {
      // Between the message and the widget, the node is empty.
      if (node && isLoaded(node) && node.textContent !== '') {
        finish();
      }
    });
    const timer = window.setTimeout(finish, timeoutMs);
    if (node) {
      observer.observe(node, { childList: true, characterData: true, subtree: true });
    }
  });
}
