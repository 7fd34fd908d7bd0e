/** Follows the progress of an index that is being built, while a request waits for it. */
import type { Api } from './api';
import type { Indexing } from './types';

const FIRST_MS = 500;
const NEXT_MS = 700;

interface NotIndexing {
  read: null;
  total: null;
}

export class IndexingWatch {
  /** `route` is the path of the progress; `show` gets it, or null when there is none. */
  constructor(
    private readonly api: Api,
    private readonly route: () => string[],
    private readonly show: (indexing: Indexing | null) => void
  ) {}

  /** Start to ask, first after half a second: most lists are there before. */
  start(): void {
    this.stop();
    this.asking = new AbortController();
    this.next(FIRST_MS, this.asking.signal);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.asking.abort();
    this.show(null);
  }

  private next(delay: number, signal: AbortSignal): void {
    this.timer = setTimeout(() => void this.ask(signal), delay);
  }

  private async ask(signal: AbortSignal): Promise<void> {
    // The progress is an extra: without it, the list is only loading.
    const reply = await this.api
      .get<Indexing | NotIndexing>(this.route(), {}, signal)
      .catch(() => null);
    if (!signal.aborted) {
      this.show(typeof reply?.read === 'number' ? reply : null);
      this.next(NEXT_MS, signal);
    }
  }

  private asking = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;
}
