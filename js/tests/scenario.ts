/** One scenario for the view, which must show the same texts over each transport. */
import type { RegistryView } from '../src/view/registry_view';

/** What the view shows after a step. */
export interface Step {
  step: string;
  text: string;
}

/** Waits until the view has handled all replies. */
export type Wait = (view: RegistryView) => Promise<void>;

/** Use the view as a user does; return the text that is shown after each step. */
export async function scenario(view: RegistryView, wait: Wait): Promise<Step[]> {
  const steps: Step[] = [];
  for (const [step, run] of Object.entries(STEPS)) {
    run(view);
    await wait(view);
    steps.push({ step, text: shownText(view.node) });
  }
  return steps;
}

const STEPS: Record<string, (view: RegistryView) => void> = {
  'first sight': () => undefined,
  'list versions': ({ store }) => store.update({ view: 'versions' }),
  'sort by version': ({ store }) => store.update({ order_by: '-version' }),
  'search for words': view => type(view, 'kepler'),
  'a wrong filter': view => type(view, 'metrics.f1 >'),
  'an unknown field': view => type(view, 'metrics.f1 > 0.9'),
  'nothing matches': view => type(view, 'no-such-model'),
  'clear the search': view => type(view, ''),
  'open the first version': ({ store }) => store.select(firstRef(store.rows?.items ?? []), 'only'),
  'close it': ({ store }) => store.clearSelection(),
  'include deleted versions': ({ store }) => store.update({ show_deleted: true })
};

/** Return the texts that are shown, without those of hidden elements and of fields. */
export function shownText(element: Element): string {
  const texts = [...element.childNodes].map(child => {
    if (child.nodeType === Node.TEXT_NODE) {
      return child.textContent ?? '';
    }
    return child instanceof Element && !isHidden(child) ? shownText(child) : '';
  });
  return texts
    .map(text => text.replace(/\s+/g, ' ').trim())
    .filter(Boolean)
    .join(' | ');
}

function isHidden(element: Element): boolean {
  return element.hasAttribute('hidden') || ['SELECT', 'STYLE'].includes(element.tagName);
}

/** Type into the search field and search at once. */
export function type(view: RegistryView, query: string): void {
  const input = view.node.querySelector<HTMLInputElement>('[role="combobox"]')!;
  input.value = query;
  input.dispatchEvent(new Event('input', { bubbles: true }));
  press(input, 'Enter');
}

/** Press a key on an element. */
export function press(element: Element, key: string, init: KeyboardEventInit = {}): KeyboardEvent {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init });
  element.dispatchEvent(event);
  return event;
}

function firstRef(items: readonly object[]): string {
  const [first] = items;
  return first !== undefined && 'model_id' in first ? String(first.model_id) : '';
}
