import { beforeEach, describe, expect, it, vi } from 'vitest';

import { ApiError } from '../../src/registry/api_error';
import { Status } from '../../src/view/status';
import { english } from '../../src/view/translator';
import { shownText } from '../scenario';

let status: Status;

beforeEach(() => {
  status = new Status(english);
});

describe('Status', () => {
  it('announces a result in a region that was there before', () => {
    const region = status.node.querySelector('[role="status"]');
    status.report('kepler_rf:3 was deleted.');
    expect(region?.textContent).toBe('kepler_rf:3 was deleted.');
  });

  it('offers to undo once', () => {
    const run = vi.fn();
    status.report('kepler_rf:3 was deleted.', { label: 'Undo', run });
    expect(shownText(status.node)).toBe('kepler_rf:3 was deleted. | Undo');
    status.node.querySelector('button')!.click();
    expect(run).toHaveBeenCalledOnce();
    expect(shownText(status.node)).toBe('');
  });

  it('shows an error with its hint', () => {
    status.reportError(new ApiError(409, 'conflict', 'The alias was moved.', 'Refresh.'));
    expect(shownText(status.node)).toBe('The alias was moved. Refresh.');
    expect(status.node.querySelector('.exo-mod-error')).not.toBeNull();
  });

  it('is dismissed', () => {
    status.report('Done.');
    status.node.querySelector<HTMLElement>('[aria-label="Dismiss"]')!.click();
    expect(status.node.textContent).toBe('');
    expect(status.node.classList.contains('exo-mod-empty')).toBe(true);
  });
});
