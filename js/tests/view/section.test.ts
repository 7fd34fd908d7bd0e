import { expect, test, vi } from 'vitest';

import { h } from '../../src/view/dom';
import { keyValueTable, lineForm, section } from '../../src/view/section';
import { settle } from '../fake_server';

function submit(form: HTMLFormElement, text: string): HTMLInputElement {
  const input = form.querySelector('input')!;
  input.value = text;
  form.dispatchEvent(new Event('submit', { cancelable: true }));
  return input;
}

test('a section has a title and is open or collapsed', () => {
  const open = section('Metrics', true, h('p', {}, 'content'));
  expect(open.open).toBe(true);
  expect(open.querySelector('summary')?.textContent).toBe('Metrics');
  expect(section('Tags', false).open).toBe(false);
});

test('a table has one row header for each name', () => {
  const table = keyValueTable(
    [
      ['f1_score', '0.9'],
      ['recall', '0.8']
    ],
    'No metrics.'
  );
  const names = [...table.querySelectorAll('th[scope=row]')].map(cell => cell.textContent);
  expect(names).toEqual(['f1_score', 'recall']);
  expect(table.querySelectorAll('td')[1]?.textContent).toBe('0.8');
});

test('an empty table is a sentence', () => {
  const empty = keyValueTable([], 'No metrics.');
  expect(empty.tagName).toBe('P');
  expect(empty.textContent).toBe('No metrics.');
});

test('a form submits its trimmed text and is then cleared', async () => {
  const take = vi.fn(() => Promise.resolve());
  const input = submit(lineForm('Alias name', 'Set alias', take), '  champion ');
  expect(take).toHaveBeenCalledWith('champion');
  await settle();
  expect(input.value).toBe('');
});

test('a form keeps its text until it is accepted', () => {
  const input = submit(
    lineForm('Alias name', 'Set alias', () => new Promise(() => undefined)),
    'x'
  );
  expect(input.value).toBe('x');
});

test('a form does not submit empty text', () => {
  const take = vi.fn(() => Promise.resolve());
  submit(lineForm('Alias name', 'Set alias', take), '  ');
  expect(take).not.toHaveBeenCalled();
});

test('the field of a form is named by its label', () => {
  const form = lineForm('Alias name', 'Set alias', () => Promise.resolve());
  expect(form.querySelector('input')?.getAttribute('aria-label')).toBe('Alias name');
  expect(form.querySelector('button')?.textContent).toBe('Set alias');
});
