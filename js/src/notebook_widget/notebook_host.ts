/** The abilities of the view in the output of a notebook. */
import { download } from '../view/download';
import type { Host } from '../view/host';
import type { Trans } from '../view/translator';

/** Return the host of a view in an output, with the calls that every page answers. */
export function notebookHost(trans: Trans): Host {
  return {
    face: 'notebook',
    trans,
    copy: copyText,
    download
  };
}

/** Copy a text, also in a page without TLS, where the clipboard is missing. */
async function copyText(text: string): Promise<void> {
  // Undefined in a page without TLS, contrary to its type.
  const clipboard = navigator.clipboard as Clipboard | undefined;
  if (clipboard !== undefined) {
    await clipboard.writeText(text);
    return;
  }
  const area = document.createElement('textarea');
  area.value = text;
  const focused = document.activeElement;
  document.body.append(area);
  area.select();
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- There is no other way without TLS.
  document.execCommand('copy');
  area.remove();
  if (focused instanceof HTMLElement) {
    focused.focus();
  }
}
