import { CommandRegistry } from '@lumino/commands';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { h } from '../../src/view/dom';
import { keepKeys } from '../../src/view/keyboard';

// The listener of JupyterLab, with shortcuts of a notebook.
const KEYS = ['Enter', 'D', 'Ctrl S', 'Ctrl Enter'];
let run: string[];
let stop: () => void;
let inside: HTMLElement;
let outside: HTMLElement;

beforeEach(() => {
  run = [];
  const commands = new CommandRegistry();
  for (const key of KEYS) {
    commands.addCommand(key, {
      execute: () => {
        run.push(key);
      }
    });
    commands.addKeyBinding({ command: key, keys: [key], selector: '.jp-Notebook :focus' });
  }
  const listener = (event: KeyboardEvent) => commands.processKeydownEvent(event);
  document.addEventListener('keydown', listener, true);
  inside = h('button');
  outside = h('button');
  const view = h('div', {}, inside);
  document.body.replaceChildren(h('div', { class: 'jp-Notebook' }, view, outside));
  const release = keepKeys(view);
  stop = () => {
    document.removeEventListener('keydown', listener, true);
    release();
  };
});

afterEach(() => stop());

function press(target: HTMLElement, key: string, keyCode: number, ctrlKey = false): void {
  target.focus();
  const event = new KeyboardEvent('keydown', { key, ctrlKey, bubbles: true, cancelable: true });
  Object.defineProperty(event, 'keyCode', { value: keyCode });
  target.dispatchEvent(event);
}

test('a key in the view is no shortcut of the notebook', () => {
  press(inside, 'Enter', 13);
  press(inside, 'd', 68);
  press(inside, 'Enter', 13, true);
  expect(run).toEqual([]);
});

test('a key with a modifier in the view is a shortcut', () => {
  press(inside, 'd', 68);
  press(inside, 's', 83, true);
  expect(run).toEqual(['Ctrl S']);
});

test('a key beside the view is a shortcut', () => {
  press(inside, 'd', 68);
  press(outside, 'd', 68);
  expect(run).toEqual(['D']);
});

/** Send a line break to a field as Enter does; return whether JupyterLab prevents it. */
function breaksLine(field: HTMLElement): boolean {
  inside.replaceWith(field);
  field.addEventListener('beforeinput', event => event.preventDefault());
  const init = { inputType: 'insertLineBreak', bubbles: true, cancelable: true };
  return field.dispatchEvent(new InputEvent('beforeinput', init));
}

test('Enter in an input submits its form', () => {
  expect(breaksLine(h('input'))).toBe(true);
});

test('Enter in a text area is left to JupyterLab', () => {
  expect(breaksLine(h('textarea'))).toBe(false);
});
