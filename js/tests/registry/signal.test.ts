import { describe, expect, it, vi } from 'vitest';

import { Signal } from '../../src/registry/signal';

describe('Signal', () => {
  it('calls its slots with the value until they disconnect', () => {
    const signal = new Signal<number>();
    const slot = vi.fn();
    const disconnect = signal.connect(slot);
    signal.emit(1);
    disconnect();
    signal.emit(2);
    expect(slot.mock.calls).toEqual([[1]]);
  });

  it('does not call a slot that an earlier one has disconnected', () => {
    const signal = new Signal();
    const later = vi.fn();
    signal.connect(() => disconnect());
    const disconnect = signal.connect(later);
    signal.emit();
    expect(later).not.toHaveBeenCalled();
  });
});
