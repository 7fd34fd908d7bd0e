/** What happened to a model, read when it is unfolded. */
import { sentence } from '../registry/api';
import { h } from './dom';
import { section } from './section';
import { Store } from '../registry/store';
import { Happening } from '../registry/types';
import { instant, tell } from './format';

export class History {
  constructor(
    private readonly store: Store,
    private readonly name: string
  ) {
    this.node = section(`History of ${name}`, false, this.place);
    this.node.addEventListener('toggle', () => this.refresh());
  }

  readonly node: HTMLDetailsElement;

  /** Read it again, if it can be seen. */
  refresh(): void {
    if (this.node.open) {
      void this.read();
    }
  }

  private async read(): Promise<void> {
    try {
      const route = this.store.route('models', this.name, 'history');
      const { events } = await this.store.api.get<{ events: Happening[] }>(route);
      this.place.replaceChildren(list(events));
    } catch (error) {
      this.place.replaceChildren(h('p', { class: 'exo-mod-error' }, `⚠ ${sentence(error)}`));
    }
  }

  private readonly place = h('div');
}

function list(events: Happening[]): HTMLElement {
  return h('ul', { class: 'exo-List' }, ...[...events].reverse().map(line));
}

function line(event: Happening): HTMLElement {
  const under = [instant(event.at), event.actor].filter(Boolean).join(', ');
  const of = event.version === null ? '' : `, version ${event.version}`;
  return h('li', {}, `${what(event)}${of}`, h('div', { class: 'exo-mod-quiet' }, under));
}

function what(event: Happening): string {
  const of =
    (event.alias && `@${event.alias}`) ??
    (event.tags && tell(event.tags)) ??
    event.names?.join(', ') ??
    event.text ??
    '';
  return `${event.action} ${of}`.trim();
}
