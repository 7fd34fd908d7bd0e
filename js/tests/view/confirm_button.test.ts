import { beforeEach, expect, test, vi } from 'vitest';

import { confirmButton } from '../../src/view/confirm_button';

const act = vi.fn();
let container: HTMLElement;

beforeEach(() => {
  act.mockClear();
  container = confirmButton('Delete', 'Delete kepler_rf:1?', act);
  document.body.replaceChildren(container);
});

function press(label: string): void {
  const buttons = [...container.querySelectorAll('button')];
  buttons.find(({ textContent }) => textContent === label)!.click();
}

test('the first click asks and does not act', () => {
  press('Delete');
  expect(act).not.toHaveBeenCalled();
  expect(container.textContent).toContain('Delete kepler_rf:1?');
});

test('the focus moves to the confirmation', () => {
  press('Delete');
  expect(document.activeElement?.className).toContain('jp-mod-warn');
});

test('the second click acts once and returns to the button', () => {
  press('Delete');
  press('Delete');
  expect(act).toHaveBeenCalledTimes(1);
  expect(container.textContent).toBe('Delete');
});

test('Cancel returns to the button', () => {
  press('Delete');
  press('Cancel');
  expect(act).not.toHaveBeenCalled();
  expect(container.textContent).toBe('Delete');
  expect(document.activeElement?.textContent).toBe('Delete');
});

test('Escape returns to the button and is not passed on', () => {
  const outer = vi.fn();
  document.body.addEventListener('keydown', outer, { once: true });
  press('Delete');
  const event = new KeyboardEvent('keydown', { key: 'Escape', bubbles: true });
  document.activeElement!.dispatchEvent(event);
  expect(container.textContent).toBe('Delete');
  expect(outer).not.toHaveBeenCalled();
});
