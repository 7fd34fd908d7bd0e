import { beforeEach, expect, test, vi } from 'vitest';

import { ApiError } from '../../src/registry/api_error';
import { StatusLine } from '../../src/widgets/status_line';

let status: StatusLine;

beforeEach(() => {
  status = new StatusLine();
});

function press(label: string): void {
  const buttons = [...status.node.querySelectorAll('button')];
  buttons.find(({ textContent }) => textContent === label)!.click();
}

test('announces a message', () => {
  status.report('Done.');
  expect(status.node.textContent).toContain('Done.');
  expect(status.node.getAttribute('role')).toBe('status');
});

test('shows an error with its hint', () => {
  status.reportError(new ApiError(403, 'read_only', 'Read-only.', 'Copy it.'));
  expect(status.node.querySelector('.exo-mod-error')?.textContent).toBe('⚠ Read-only. Copy it.');
});

test('runs the action once, without the message', () => {
  const run = vi.fn();
  status.report('Done.', { label: 'Undo', run });
  press('Undo');
  expect(run).toHaveBeenCalledTimes(1);
  expect(status.node.textContent).toBe('');
});

test('can be dismissed', () => {
  status.report('Done.');
  press('×');
  expect(status.node.textContent).toBe('');
});
