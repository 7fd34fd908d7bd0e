/** Keeps the focus in the view if the element that has it is removed, hidden or disabled. */

const FOCUSABLE = 'button, input, select, textarea, a[href], summary, [tabindex]';

/**
 * Move the focus to the nearest other control of `node`, or call `fallback` if there is none.
 *
 * Without this, the focus goes to the page, and the keyboard starts again at the top. Return the
 * function that ends it.
 */
export function keepFocus(node: HTMLElement, fallback: () => void): () => void {
  /** The element with the focus, and the elements around it. */
  let path: Element[] = [];
  const onFocusIn = ({ target }: FocusEvent) => {
    path = pathOf(target as Element, node);
  };
  const onFocusOut = ({ target, relatedTarget }: FocusEvent) => {
    // An element that is being removed can lose the focus before it is removed.
    queueMicrotask(() => {
      if (target === path[0] && (relatedTarget !== null || isUsable(target as Element))) {
        path = [];
      }
    });
  };
  const onMutation = () => {
    const [lost] = path;
    const active = document.activeElement;
    // Another part of the view, or the user, may have moved the focus already.
    const isElsewhere = active !== null && active !== document.body && active !== lost;
    if (lost && !isUsable(lost) && !isElsewhere) {
      const around = path.slice(1);
      path = [];
      const near = firstControl(around);
      if (near) {
        near.focus();
      } else {
        fallback();
      }
    }
  };
  node.addEventListener('focusin', onFocusIn);
  node.addEventListener('focusout', onFocusOut);
  const observer = new MutationObserver(onMutation);
  const attributeFilter = ['hidden', 'disabled'];
  observer.observe(node, { childList: true, subtree: true, attributes: true, attributeFilter });
  return () => {
    observer.disconnect();
    node.removeEventListener('focusin', onFocusIn);
    node.removeEventListener('focusout', onFocusOut);
  };
}

function pathOf(target: Element, node: Element): Element[] {
  const path: Element[] = [];
  for (let at: Element | null = target; at !== null && at !== node; at = at.parentElement) {
    path.push(at);
  }
  return path;
}

function firstControl(around: readonly Element[]): HTMLElement | undefined {
  return around
    .filter(isUsable)
    .flatMap(part => [...part.querySelectorAll<HTMLElement>(FOCUSABLE)])
    .find(control => control.tabIndex >= 0 && isUsable(control) && control.checkVisibility());
}

function isUsable(element: Element): boolean {
  return (
    element.isConnected && element.closest('[hidden]') === null && !element.matches(':disabled')
  );
}
