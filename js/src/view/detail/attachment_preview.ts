/** The preview of an attachment: a table, a text or a picture. */
import type { AttachmentPreview } from '../../registry/types';
import { h } from '../dom';
import type { Trans } from '../translator';

// A picture is shown as data of these types only.
const PICTURES: readonly string[] = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];
const BASE64 = /^[A-Za-z0-9+/=]*$/;

export function previewNode(preview: AttachmentPreview, name: string, trans: Trans): HTMLElement {
  switch (preview.kind) {
    case 'table':
      return table(preview, name, trans);
    case 'text':
      return h('pre', { tabindex: 0, 'aria-label': name }, preview.text);
    case 'image':
      return PICTURES.includes(preview.mime) && BASE64.test(preview.base64)
        ? h('img', { src: `data:${preview.mime};base64,${preview.base64}`, alt: name })
        : h('p', { class: 'exo-mod-secondary' }, trans.__('No preview.'));
    default:
      return h('p', { class: 'exo-mod-secondary' }, preview.text);
  }
}

function table(
  { columns, rows, total }: Extract<AttachmentPreview, { kind: 'table' }>,
  name: string,
  trans: Trans
): HTMLElement {
  const head = columns.map(title => h('th', { scope: 'col' }, title));
  const body = rows.map(row => h('tr', {}, ...row.map(text => h('td', {}, text))));
  const rest = total - rows.length;
  return h(
    'div',
    {},
    h(
      'div',
      { class: 'exo-Scroll', tabindex: 0, role: 'region', 'aria-label': name },
      h(
        'table',
        { class: 'exo-DataTable' },
        h('thead', {}, h('tr', {}, ...head)),
        h('tbody', {}, ...body)
      )
    ),
    rest > 0 &&
      h('p', { class: 'exo-mod-secondary' }, trans.__('Rows 1 to %1 of %2', rows.length, total))
  );
}
