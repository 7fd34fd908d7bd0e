/** The keys of the treegrid, after the WAI-ARIA pattern with the focus on rows. */
import type { ListRow } from './list_rows';

/** The parts of the grid that keys use. */
export interface KeyTarget {
  readonly rows: readonly ListRow[];
  readonly position: number;
  readonly pageLength: number;
  focusOn(index: number): void;
  focusHeads(): void;
  select(index: number, how: 'only' | 'toggle' | 'range'): void;
  expandOrEnter(): void;
  collapseOrLeave(): void;
  openMenu(): void;
  requestDelete(): void;
  clearSelection(): void;
}

/** Letters that follow within this time are one word. */
const TYPING_MS = 700;

/** Run the command of a key; return false if it has none. */
export function gridKey(grid: KeyTarget, event: KeyboardEvent): boolean {
  const { key } = event;
  if (key === 'ContextMenu' || (key === 'F10' && event.shiftKey)) {
    grid.openMenu();
    return true;
  }
  if (event.altKey || ((event.ctrlKey || event.metaKey) && key !== ' ' && key !== 'Enter')) {
    return false;
  }
  const to = destination(grid, key);
  if (to !== undefined) {
    move(grid, to, event.shiftKey);
    return true;
  }
  const action = actionOf(grid, event);
  if (action) {
    action();
    return true;
  }
  return key.length === 1 && typeAhead(grid, key);
}

function destination({ rows, position, pageLength }: KeyTarget, key: string): number | undefined {
  const places: Partial<Record<string, number>> = {
    ArrowDown: position + 1,
    ArrowUp: position - 1,
    Home: 0,
    End: rows.length - 1,
    PageDown: position + pageLength,
    PageUp: position - pageLength
  };
  const place = places[key];
  const atTop = key === 'ArrowUp' && position === 0;
  return place === undefined || atTop ? place : Math.max(0, Math.min(place, rows.length - 1));
}

function move(grid: KeyTarget, to: number, extend: boolean): void {
  if (to < 0) {
    grid.focusHeads();
    return;
  }
  grid.focusOn(to);
  if (extend) {
    grid.select(to, 'range');
  }
}

function actionOf(
  grid: KeyTarget,
  { key, shiftKey, ctrlKey, metaKey }: KeyboardEvent
): (() => void) | undefined {
  const adds = ctrlKey || metaKey;
  const actions: Partial<Record<string, () => void>> = {
    ArrowRight: () => grid.expandOrEnter(),
    ArrowLeft: () => grid.collapseOrLeave(),
    Enter: () => grid.select(grid.position, adds ? 'toggle' : 'only'),
    ' ': () => grid.select(grid.position, shiftKey ? 'range' : 'toggle'),
    Delete: () => grid.requestDelete(),
    Escape: () => grid.clearSelection()
  };
  return actions[key];
}

let typed = '';
let typedAt = -Infinity;

/** Go to the next row whose name starts with the letters typed so far. */
function typeAhead(grid: KeyTarget, letter: string): boolean {
  const now = performance.now();
  const continues = now - typedAt < TYPING_MS;
  typed = (continues ? typed : '') + letter.toLowerCase();
  typedAt = now;
  // The same letter again moves to the next row.
  const repeats = typed === letter.toLowerCase().repeat(typed.length);
  const word = repeats ? (typed[0] ?? '') : typed;
  const first = grid.position + (repeats ? 1 : 0);
  const order = grid.rows.map((_, index) => (first + index) % grid.rows.length);
  const found = order.find(index => nameOf(grid.rows[index]).startsWith(word));
  if (found !== undefined) {
    grid.focusOn(found);
  }
  return true;
}

function nameOf(row: ListRow | undefined): string {
  return row === undefined || row.kind === 'more' ? '' : row.name.toLowerCase();
}
