/** Gives the user a file that the page has in memory. */

// Long enough for the browser to start the download.
const REVOKE_AFTER_MS = 60_000;

/** Download a file under this name. */
export function download(blob: Blob, filename: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = filename;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), REVOKE_AFTER_MS);
}
