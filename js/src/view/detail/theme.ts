/** The theme of the page, by the colors that are shown. */

const COLOR = /^rgba?\(([\d.]+),?\s*([\d.]+),?\s*([\d.]+)(?:[,/\s]+([\d.]+))?/;

/** Return whether the page behind an element is dark. */
export function themeOf(node: Element): 'light' | 'dark' {
  for (let element: Element | null = node; element; element = element.parentElement) {
    const found = COLOR.exec(getComputedStyle(element).backgroundColor);
    if (found && found[4] !== '0') {
      const [red = 0, green = 0, blue = 0] = found.slice(1, 4).map(Number);
      // Source: the luma of ITU-R BT.601.
      return 0.299 * red + 0.587 * green + 0.114 * blue < 128 ? 'dark' : 'light';
    }
  }
  return 'light';
}

/** Call `slot` when the page may have another theme, until the returned function is called. */
export function onThemeChange(slot: () => void): () => void {
  const observer = new MutationObserver(slot);
  // JupyterLab and VS Code set these.
  const attributeFilter = ['class', 'data-jp-theme-name', 'data-vscode-theme-kind'];
  observer.observe(document.body, { attributes: true, attributeFilter });
  return () => observer.disconnect();
}
