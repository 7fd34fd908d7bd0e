/** A signal without a library, so that the view can be bundled for any page. */
export class Signal<T = void> {
  /** Call `slot` at each emission; return the function that stops it. */
  connect(slot: (value: T) => void): () => void {
    this.slots.add(slot);
    return () => this.slots.delete(slot);
  }

  emit(value: T): void {
    for (const slot of [...this.slots]) {
      // A slot that an earlier one has disconnected is not called.
      if (this.slots.has(slot)) {
        slot(value);
      }
    }
  }

  /** Disconnect all slots. */
  clear(): void {
    this.slots.clear();
  }

  private readonly slots = new Set<(value: T) => void>();
}
