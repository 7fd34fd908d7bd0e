/** The events of a model's history as sentences. */
import type { HistoryEvent } from '../registry/old_types';
import { formatValue } from './format';

const CURATION: Record<string, string> = {
  delete: 'deleted',
  restore: 'restored',
  purge: 'purged'
};

/** Return one sentence for each event; `events` must be ordered from the oldest to the newest. */
export function describeEvents(events: HistoryEvent[]): string[] {
  const aliases = new Map<string, number | null>();
  return events.map(event => {
    const { alias, not_followed: problem } = event;
    if (problem !== undefined) {
      return `${event.actor ?? 'Unknown user'}: ${event.action}, not followed: the event ${problem}`;
    }
    const before = alias === undefined ? null : (aliases.get(alias) ?? null);
    if (alias !== undefined) {
      aliases.set(alias, event.version);
    }
    return `${event.actor ?? 'Unknown user'} ${describe(event, before)}`;
  });
}

function describe(event: HistoryEvent, before: number | null): string {
  const { action, alias, version } = event;
  const on = version === null ? '' : `version ${version}`;
  switch (action) {
    case 'register':
      return `registered ${on}`;
    case 'alias':
      return before === null
        ? `set @${alias} to ${on}`
        : `moved @${alias} from ${before} to ${version}`;
    case 'rollback':
      return version === null ? `rolled back @${alias}` : `rolled back @${alias} to ${on}`;
    case 'unalias':
      return `removed @${alias}`;
    case 'tag':
      return `tagged ${on}: ${formatValue(event.tags ?? {})}`;
    case 'untag':
      return `removed tag ${event.names?.join(', ') ?? ''} from ${on}`;
    case 'attach':
      return `attached ${event.name ?? ''} to ${on}`;
    case 'metrics':
      return `measured ${on}${event.on ? ` on ${event.on}` : ''}: ${formatValue(event.metrics ?? {})}`;
    case 'note':
      return `added a note to ${on}: ${event.text ?? ''}`;
    default:
      return `${CURATION[action] ?? action} ${on}`.trimEnd();
  }
}
