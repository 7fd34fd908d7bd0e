/** The state of the candidates panel, and what the kernel replied for it. */
import type { Api, PlotImage } from '../../registry/api';
import { Signal } from '../../registry/signal';
import type {
  CandidatePage,
  CandidatesState,
  ExportReply,
  FigurePage,
  SignalDetailReply
} from './types';

const LIST = 'candidates';

export class CandidatesStore {
  constructor(
    private readonly api: Api,
    readonly state: CandidatesState
  ) {}

  readonly changed = new Signal();
  /** Changes by the user. */
  readonly stateChanged = new Signal<Partial<CandidatesState>>();
  list: CandidatePage | null = null;
  detail: SignalDetailReply | null = null;
  isLoading = false;
  error: unknown = null;
  detailError: unknown = null;

  /** Read the list and the details. */
  refresh(): void {
    void this.readList();
    void this.readDetail();
  }

  /** Apply a change by the user. A new threshold or order shows the first page. */
  update(patch: Partial<CandidatesState>): void {
    const isOtherList = LIST_NAMES.some(name => name in patch && patch[name] !== this.state[name]);
    const full = isOtherList ? { page: 0, ...patch } : patch;
    if (this.apply(full)) {
      this.stateChanged.emit(full);
    }
  }

  /** Apply a change by Python. */
  receive(patch: Partial<CandidatesState>): void {
    this.apply(patch);
  }

  /** Select a signal by its name, on any page; an unknown name is an error. */
  async find(name: string): Promise<void> {
    const detail = await this.api.get<SignalDetailReply>([LIST, 'signal'], {
      name,
      threshold: this.state.threshold
    });
    this.update({ selected: detail.name });
  }

  figure(kind: string, page: FigurePage): Promise<PlotImage> {
    return this.api.plot([LIST, 'figure'], { kind, threshold: this.state.threshold, ...page });
  }

  exportTo(path: string, replace: boolean): Promise<ExportReply> {
    const { threshold } = this.state;
    return this.api.send('POST', [LIST, 'export'], { path, threshold, replace });
  }

  dispose(): void {
    this.readingList.abort();
    this.readingDetail.abort();
    this.changed.clear();
    this.stateChanged.clear();
  }

  private apply(patch: Partial<CandidatesState>): boolean {
    const before = { ...this.state };
    Object.assign(this.state, patch);
    const differs = (name: keyof CandidatesState) => before[name] !== this.state[name];
    const isOtherThreshold = differs('threshold');
    if (isOtherThreshold || differs('selected')) {
      void this.readDetail();
    }
    if ([...LIST_NAMES, 'page' as const].some(differs)) {
      void this.readList();
    }
    return isOtherThreshold || NAMES.some(differs);
  }

  private async readList(): Promise<void> {
    this.readingList.abort();
    const { signal } = (this.readingList = new AbortController());
    this.isLoading = true;
    this.changed.emit();
    const { threshold, sort_by, descending, page } = this.state;
    try {
      const query = { threshold, sort_by, descending, page };
      const list = await this.api.get<CandidatePage>([LIST], query, signal);
      if (signal.aborted) {
        return;
      }
      this.list = list;
      this.error = null;
    } catch (error) {
      if (signal.aborted) {
        return;
      }
      this.error = error;
    }
    this.isLoading = false;
    this.changed.emit();
  }

  private async readDetail(): Promise<void> {
    this.readingDetail.abort();
    const { signal } = (this.readingDetail = new AbortController());
    const { selected: name, threshold } = this.state;
    this.detailError = null;
    if (this.detail?.name !== name) {
      this.detail = null;
    }
    this.changed.emit();
    if (name === '') {
      return;
    }
    try {
      const query = { name, threshold };
      const detail = await this.api.get<SignalDetailReply>([LIST, 'signal'], query, signal);
      if (!signal.aborted) {
        this.detail = detail;
      }
    } catch (error) {
      if (!signal.aborted) {
        this.detailError = error;
      }
    }
    if (!signal.aborted) {
      this.changed.emit();
    }
  }

  private readingList = new AbortController();
  private readingDetail = new AbortController();
}

const LIST_NAMES = ['threshold', 'sort_by', 'descending'] as const;
const NAMES = [...LIST_NAMES, 'page', 'selected'] as const;
