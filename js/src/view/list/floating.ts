/** Places a menu or a dialog beside the element or the point that opened it. */

export interface Point {
  x: number;
  y: number;
}

const MARGIN = 4;

/**
 * Show `node` on top of the page at a point or below an element, moved so that it is whole in the
 * window. It closes with a press outside, and when the window changes.
 *
 * It is a child of the body because each scrolled area of the page would cut it off.
 */
export function float(node: HTMLElement, at: HTMLElement | Point, close: () => void): () => void {
  document.body.append(node);
  place(node, at);
  const onPress = (event: Event) => {
    const target = event.target as Node;
    // A press on the button that opened it closes it by the button's own listener.
    if (!node.contains(target) && !(at instanceof HTMLElement && at.contains(target))) {
      close();
    }
  };
  const onScroll = (event: Event) => {
    if (!node.contains(event.target as Node)) {
      close();
    }
  };
  document.addEventListener('pointerdown', onPress, true);
  document.addEventListener('scroll', onScroll, true);
  window.addEventListener('resize', close);
  return () => {
    document.removeEventListener('pointerdown', onPress, true);
    document.removeEventListener('scroll', onScroll, true);
    window.removeEventListener('resize', close);
    node.remove();
  };
}

function place(node: HTMLElement, at: HTMLElement | Point): void {
  const box = at instanceof HTMLElement ? at.getBoundingClientRect() : null;
  const [x, below, above] = box
    ? [box.left, box.bottom + MARGIN, box.top - MARGIN]
    : [(at as Point).x, (at as Point).y, (at as Point).y];
  const { innerWidth, innerHeight } = window;
  const { offsetWidth: width, offsetHeight: height } = node;
  const fits = below + height <= innerHeight - MARGIN || below < innerHeight / 2;
  const top = fits ? below : above - height;
  node.style.left = `${Math.max(MARGIN, Math.min(x, innerWidth - width - MARGIN))}px`;
  node.style.top = `${Math.max(MARGIN, Math.min(top, innerHeight - height - MARGIN))}px`;
}
