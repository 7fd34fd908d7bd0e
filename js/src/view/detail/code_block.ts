/** Code with buttons that copy and insert it. */
import type { ViewContext } from '../context';
import { button, h } from '../dom';
import { icon } from '../icons';

/** Create code that can be copied, and inserted into the notebook where the host offers it. */
export function codeBlock(
  context: ViewContext,
  title: string,
  code: string,
  canInsert = true
): HTMLElement {
  const { host, trans } = context;
  const copy = button(trans.__('Copy'), () => copyText(context, code, title), {
    'aria-label': trans.__('Copy: %1', title)
  });
  copy.prepend(icon('copy'));
  const insert = canInsert && host.insertCode;
  return h(
    'div',
    { class: 'exo-Code' },
    h(
      'div',
      { class: 'exo-Code-head' },
      h('span', { class: 'exo-Code-title' }, title),
      insert &&
        button(trans.__('Insert'), () => host.insertCode?.(code), {
          'aria-label': trans.__('Insert into the notebook: %1', title)
        }),
      copy
    ),
    h('pre', { tabindex: 0, 'aria-label': title }, h('code', {}, code))
  );
}

/** Copy a text and report it. */
export function copyText({ host, status, trans }: ViewContext, text: string, title: string): void {
  host.copy(text).then(
    () => status.report(trans.__('Copied: %1', title)),
    (error: unknown) => status.reportError(error)
  );
}
