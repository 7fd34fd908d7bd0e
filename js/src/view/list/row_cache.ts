/** Keeps the elements of rows that did not change, so that they keep their focus and position. */
import type { ListRow } from './list_rows';
import type { RowStyle } from './row';
import { rowElement } from './row';

interface Kept {
  readonly row: ListRow;
  readonly node: HTMLElement;
}

export class RowCache {
  constructor(private readonly body: HTMLElement) {}

  /** Whether the last call of `show` created elements. */
  changed = false;
  /** Whether it showed other columns. */
  styleChanged = false;

  /** Show these rows, and return their elements. */
  show(rows: readonly ListRow[], style: RowStyle): HTMLElement[] {
    const styleText = JSON.stringify([style.columns, style.hasBadges]);
    const sameStyle = styleText === this.styleText;
    const kept = new Map<string, Kept>();
    this.changed = this.styleChanged = !sameStyle;
    const nodes = rows.map(row => {
      const before = sameStyle ? this.kept.get(row.key) : undefined;
      const same = before !== undefined && isSame(before, row);
      const after = same ? { ...before, row } : create(row, style);
      this.changed ||= !same;
      kept.set(row.key, after);
      return after.node;
    });
    this.kept = kept;
    this.styleText = styleText;
    this.place(nodes);
    return nodes;
  }

  /** Arrange the elements; those that are in place are not moved. */
  private place(nodes: readonly HTMLElement[]): void {
    const wanted = new Set<Node>(nodes);
    for (const child of [...this.body.childNodes]) {
      if (!wanted.has(child)) {
        child.remove();
      }
    }
    let next: ChildNode | null = this.body.firstChild;
    for (const node of nodes) {
      if (node === next) {
        next = next.nextSibling;
      } else {
        this.body.insertBefore(node, next);
      }
    }
  }

  private kept = new Map<string, Kept>();
  private styleText = '';
}

function create(row: ListRow, style: RowStyle): Kept {
  return { row, node: rowElement(row, style) };
}

function isSame({ row }: Kept, after: ListRow): boolean {
  const sameItem = row.kind !== 'more' && after.kind !== 'more' && row.item === after.item;
  const samePlace =
    sameItem &&
    row.expanded === after.expanded &&
    row.position === after.position &&
    row.size === after.size;
  return samePlace || JSON.stringify(after) === JSON.stringify(row);
}
