/** The abilities of the view in the output of a notebook. */
import type { Host } from '../view/host';
import type { Trans } from '../view/translator';

// Long enough for the browser to start the download.
const REVOKE_AFTER_MS = 60_000;

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

function download(blob: Blob, filename: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = filename;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), REVOKE_AFTER_MS);
}
