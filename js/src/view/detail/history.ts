/** The history of a version or of its model in sentences, read when its section is open. */
import { errorMessage } from '../../registry/api_error';
import type { History, HistoryEvent } from '../../registry/types';
import type { ViewContext } from '../context';
import { button, errorText, h } from '../dom';
import { markdown } from '../markdown';
import { DetailSection } from './detail_section';
import type { DetailPart } from './part';

const PAGE = 50;
const WHOLE_MODEL = 'history-of-whole-model';

export class HistoryPart implements DetailPart {
  constructor(
    private readonly context: ViewContext,
    private readonly name: string,
    private readonly version: number
  ) {
    const { trans, memory } = context;
    const onOpen = () => this.refresh();
    this.section = new DetailSection(context, {
      key: 'history',
      title: trans.__('History'),
      onOpen
    });
    this.node = this.section.node;
    this.wholeModel.checked = memory.get(WHOLE_MODEL) === true;
    this.wholeModel.addEventListener('change', () => {
      memory.set(WHOLE_MODEL, this.wholeModel.checked);
      this.limit = PAGE;
      this.refresh();
    });
    const label = h('label', {}, this.wholeModel, ' ', trans.__('All versions of %1', name));
    this.section.content.append(h('div', { class: 'exo-Controls' }, label), this.output);
  }

  readonly node: HTMLDetailsElement;

  update(): void {
    this.refresh();
  }

  dispose(): void {
    this.reading.abort();
  }

  private refresh(): void {
    this.reading.abort();
    this.reading = new AbortController();
    if (this.node.open) {
      void this.load(this.reading.signal);
    }
  }

  private async load(signal: AbortSignal): Promise<void> {
    const { api, store, trans } = this.context;
    if (this.output.childElementCount === 0) {
      this.output.append(h('p', { class: 'exo-Loading', role: 'status' }, trans.__('Loading…')));
    }
    const query = { version: this.wholeModel.checked ? undefined : this.version };
    try {
      const found = await api.get<History>(
        store.route('models', this.name, 'history'),
        query,
        signal
      );
      if (!signal.aborted) {
        this.showEvents(found);
      }
    } catch (error) {
      if (!signal.aborted) {
        const retry = button(trans.__('Retry'), () => this.refresh());
        this.output.replaceChildren(errorText(errorMessage(error)), retry);
      }
    }
  }

  private showEvents({ events, total }: History): void {
    const { trans } = this.context;
    const newest = [...events].reverse();
    const shown = newest.slice(0, this.limit);
    const rest = newest.length - shown.length;
    const more = button(trans.__('Show %1 more', Math.min(PAGE, rest)), () => {
      const next = this.limit;
      this.limit += PAGE;
      this.showEvents({ events, total });
      this.output.querySelectorAll<HTMLElement>('li')[next]?.focus();
    });
    const older = total - events.length;
    this.output.replaceChildren(
      h('ol', { class: 'exo-Events', role: 'list' }, ...shown.map(event => this.itemOf(event))),
      rest > 0 ? more : '',
      rest === 0 && older > 0
        ? h('p', { class: 'exo-mod-secondary' }, trans.__('%1 older events are not shown.', older))
        : ''
    );
    if (events.length === 0) {
      const empty = h('p', { class: 'exo-mod-secondary' }, trans.__('No events.'));
      this.output.replaceChildren(empty);
    }
  }

  private itemOf({ text, body, when, who }: HistoryEvent): HTMLElement {
    const details = [who, when?.text].filter(Boolean).join(', ');
    return h(
      'li',
      { tabindex: -1 },
      text,
      body ? markdown(body, this.context.trans) : null,
      h('div', { class: 'exo-mod-secondary', title: when?.title }, details)
    );
  }

  private readonly section: DetailSection;
  private readonly wholeModel = h('input', { type: 'checkbox' });
  private readonly output = h('div');
  private limit = PAGE;
  private reading = new AbortController();
}
