/** The history of a model, loaded when its section is expanded. */
import { errorMessage } from '../registry/api_error';
import type { Store } from '../registry/old_store';
import type { HistoryEvent } from '../registry/old_types';
import { errorText, h } from './dom';
import { describeEvents } from './event_text';
import { formatTime } from './format';
import { section } from './section';

export class History {
  constructor(
    private readonly store: Store,
    private readonly name: string
  ) {
    this.node = section(`History of ${name}`, false, this.content);
    this.node.addEventListener('toggle', () => this.refresh());
  }

  readonly node: HTMLDetailsElement;

  /** Load the history again, if it is visible. */
  refresh(): void {
    if (this.node.open) {
      void this.load();
    }
  }

  private async load(): Promise<void> {
    try {
      const route = this.store.route('models', this.name, 'history');
      const { events } = await this.store.api.get<{ events: HistoryEvent[] }>(route);
      this.content.replaceChildren(eventList(events));
    } catch (error) {
      this.content.replaceChildren(errorText(errorMessage(error)));
    }
  }

  private readonly content = h('div');
}

/** Create the list of events, newest first; `events` are ordered from the oldest. */
export function eventList(events: HistoryEvent[]): HTMLElement {
  const items = describeEvents(events).map((text, index) =>
    h('li', {}, text, h('div', { class: 'exo-mod-secondary' }, formatTime(events[index]?.at)))
  );
  return h('ul', { class: 'exo-List' }, ...items.reverse());
}
