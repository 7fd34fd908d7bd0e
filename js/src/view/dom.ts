/** Elements of the page, made by calls: text from a registry is never read as HTML. */

type Child = Node | string | number | null | undefined | false;
type Attributes = Record<string, unknown>;

const SVG = 'http://www.w3.org/2000/svg';

/**
 * Make an element.
 *
 * Attributes that are functions listen to the event they are named for; those that are false,
 * null or undefined are left out.
 */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  return fill(document.createElement(tag), attributes, children);
}

/** Make an element of a picture. */
export function svg(tag: string, attributes: Attributes = {}, ...children: Child[]): SVGElement {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** Make a button of JupyterLab's look. */
export function button(
  label: string,
  onClick: () => void,
  attributes: Attributes = {}
): HTMLButtonElement {
  return h(
    'button',
    { type: 'button', class: 'exo-Button jp-mod-styled', click: onClick, ...attributes },
    label
  );
}

/** Put nodes into a place if what they tell is new; else what is there keeps its focus. */
export function renew(place: HTMLElement, told: unknown, build: () => Child[]): void {
  const key = JSON.stringify(told);
  if (place.dataset.told !== key) {
    place.dataset.told = key;
    place.replaceChildren();
    fill(place, {}, build());
  }
}

function fill<T extends Element>(element: T, attributes: Attributes, children: Child[]): T {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') {
      element.addEventListener(name, value as EventListener);
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value === true ? '' : String(value));
    }
  }
  element.append(...children.filter(isShown).map(child => (isNode(child) ? child : String(child))));
  return element;
}

function isShown(child: Child): child is Node | string | number {
  return child !== null && child !== undefined && child !== false;
}

function isNode(child: Node | string | number): child is Node {
  return typeof child === 'object';
}
