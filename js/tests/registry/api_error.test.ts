import { expect, test } from 'vitest';

import { ApiError, errorMessage } from '../../src/registry/api_error';

test('adds the hint to the message', () => {
  const error = new ApiError(403, 'read_only', 'The registry is read-only.', 'Copy it.');
  expect(errorMessage(error)).toBe('The registry is read-only. Copy it.');
});

test('does not repeat a hint that the message includes', () => {
  const error = new ApiError(403, 'read_only', 'Read-only. Copy it.', 'Copy it.');
  expect(errorMessage(error)).toBe('Read-only. Copy it.');
});

test('returns the message of any other error, and other values as text', () => {
  expect(errorMessage(new Error('wrong'))).toBe('wrong');
  expect(errorMessage('text')).toBe('text');
});

test('has a position only for an invalid filter', () => {
  const fields = { position: 19 };
  expect(new ApiError(400, 'invalid_query', '', null, fields).position).toBe(19);
  expect(new ApiError(400, 'bad_request', '', null, fields).position).toBeNull();
  expect(new ApiError(400, 'invalid_query', '').position).toBeNull();
});
