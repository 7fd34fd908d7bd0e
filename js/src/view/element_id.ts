/** IDs that connect an element with its label. */
let count = 0;

/** Return an ID that no other element of the page has. */
export function elementId(name: string): string {
  count += 1;
  return `exo-${name}-${count}`;
}
