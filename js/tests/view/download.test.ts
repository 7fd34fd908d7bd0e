/** Files that the page gives to the user. */
import { afterEach, expect, it, vi } from 'vitest';

import { download } from '../../src/view/download';

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

it('downloads under the name, and frees the memory later', () => {
  vi.useFakeTimers();
  const names: string[] = [];
  vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:1');
  const revoke = vi.spyOn(URL, 'revokeObjectURL').mockReturnValue(undefined);
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (
    this: HTMLAnchorElement
  ) {
    names.push(this.download);
  });

  download(new Blob(['a']), 'a.csv');

  expect(names).toEqual(['a.csv']);
  expect(revoke).not.toHaveBeenCalled();
  vi.advanceTimersByTime(60_000);
  expect(revoke).toHaveBeenCalledWith('blob:1');
});
