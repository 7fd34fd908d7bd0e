/** Hides the columns that do not fit, in the order of their ranks. */

export interface Fit {
  /** Choose the columns again. */
  update(): void;
  /** Hide the same columns in other rows, and choose again only if these are too wide. */
  keep(): void;
  dispose(): void;
}

/**
 * Hide columns of `table` while it is wider than `box`. The style sheet alone cannot do this,
 * because the widths depend on the text. `resized` is called after each change of the size.
 */
export function fitColumns(box: HTMLElement, table: HTMLElement, resized: () => void): Fit {
  let width = -1;
  let hidden: ReadonlySet<string> = new Set();
  const observer =
    typeof ResizeObserver === 'undefined'
      ? null
      : new ResizeObserver(() => {
          // Hiding a column changes the height, which calls this again.
          if (box.clientWidth !== width) {
            update();
          }
          resized();
        });
  observer?.observe(box);
  return { update, keep, dispose: () => observer?.disconnect() };

  function keep(): void {
    hide(hidden);
    // One layout, which the page needs anyway.
    if (table.offsetWidth > box.clientWidth || box.clientWidth !== width) {
      update();
    }
  }

  function update(): void {
    width = box.clientWidth;
    const heads = [...table.querySelectorAll<HTMLElement>('thead th[data-rank]')];
    hidden = hiddenColumns(heads, width, () => table.offsetWidth, hide);
    hide(hidden);
  }

  function hide(names: ReadonlySet<string>): void {
    for (const cell of table.querySelectorAll<HTMLElement>('[data-column]')) {
      if (cell.tagName === 'TD' || cell.tagName === 'TH') {
        cell.hidden = names.has(cell.dataset.column ?? '');
      }
    }
  }
}

/** Return the names of the columns to hide. */
export function hiddenColumns(
  heads: readonly HTMLElement[],
  width: number,
  measure: () => number,
  hide: (names: ReadonlySet<string>) => void
): Set<string> {
  const names = new Set<string>();
  hide(names);
  let excess = measure() - width;
  const ranked = heads
    .filter(({ dataset }) => Number(dataset.rank) > 0)
    .map(head => ({
      name: head.dataset.column ?? '',
      rank: Number(head.dataset.rank),
      size: head.offsetWidth
    }))
    .sort((a, b) => b.rank - a.rank);
  for (const { name, size } of ranked) {
    if (width <= 0 || excess <= 0) {
      break;
    }
    names.add(name);
    excess -= size;
  }
  return names;
}
