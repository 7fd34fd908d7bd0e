/** Watches whether a view is wide, where a container query cannot: before something is loaded. */

export interface WidthWatch {
  dispose(): void;
}

/** Call `changed` when a visible element becomes at least `limit` pixels wide, or narrower. */
export function watchWidth(
  node: HTMLElement,
  limit: number,
  changed: (isWide: boolean) => void
): WidthWatch {
  let isWide = false;
  const observer =
    typeof ResizeObserver === 'undefined'
      ? null
      : new ResizeObserver(([entry]) => {
          const width = entry?.contentRect.width ?? 0;
          // An output that is hidden has no width.
          if (width > 0 && width >= limit !== isWide) {
            isWide = !isWide;
            changed(isWide);
          }
        });
  observer?.observe(node);
  return { dispose: () => observer?.disconnect() };
}
