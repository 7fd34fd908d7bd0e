/** Creates elements by calls, so that text of a registry is never parsed as HTML. */
import { visible } from './visible_text';

type Child = Node | string | number | null | undefined | false;
type Attribute = string | number | boolean | null | undefined | Listener;
// Listeners take the event that they are named for, which this type cannot express.
type Listener = (event: never) => void;
type Attributes = Record<string, Attribute>;

// Attributes with text for users.
const LABELS = ['title', 'alt', 'placeholder', 'label'];
const SVG_NAMESPACE = 'http://www.w3.org/2000/svg';

/**
 * Create an HTML element.
 *
 * An attribute that is a function becomes a listener of the event of that name. One that is false,
 * null or undefined is omitted.
 */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  return fill(document.createElement(tag), attributes, children);
}

/** Create an SVG element. */
export function svg(tag: string, attributes: Attributes = {}, ...children: Child[]): SVGElement {
  return fill(document.createElementNS(SVG_NAMESPACE, tag), attributes, children);
}

/** Set the text of an element. */
export function setText(element: HTMLElement, text: string): void {
  element.textContent = visible(text);
}

/** Set an attribute with text for users. */
export function setLabel(
  element: HTMLElement,
  name: 'title' | 'aria-label' | 'aria-description',
  text: string
): void {
  element.setAttribute(name, visible(text));
}

/** Create a button with JupyterLab's style. */
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

/** Create a button that shows a symbol; `label` is its accessible name and its tooltip. */
export function iconButton(symbol: string, label: string, onClick: () => void): HTMLButtonElement {
  return button(symbol, onClick, { class: 'exo-Icon', 'aria-label': label, title: label });
}

/** Create a paragraph that shows an error. */
export function errorText(message: string): HTMLElement {
  return h('p', { class: 'exo-mod-error' }, `⚠ ${message}`);
}

/** Replace the children of an element if `state` changed; otherwise they keep their focus. */
export function replaceIfChanged(element: HTMLElement, state: unknown, build: () => Child[]): void {
  const key = JSON.stringify(state);
  if (element.dataset.state !== key) {
    element.dataset.state = key;
    element.replaceChildren();
    fill(element, {}, build());
  }
}

function fill<T extends Element>(element: T, attributes: Attributes, children: Child[]): T {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') {
      element.addEventListener(name, value as EventListener);
    } else if (value !== false && value !== null && value !== undefined) {
      const text = value === true ? '' : String(value);
      element.setAttribute(name, isLabel(name) ? visible(text) : text);
    }
  }
  const shown = children.filter(isShown);
  element.append(...shown.map(child => (isNode(child) ? child : visible(String(child)))));
  return element;
}

function isLabel(name: string): boolean {
  return LABELS.includes(name) || name.startsWith('aria-');
}

function isShown(child: Child): child is Node | string | number {
  return child !== null && child !== undefined && child !== false;
}

function isNode(child: Node | string | number): child is Node {
  return typeof child === 'object';
}
