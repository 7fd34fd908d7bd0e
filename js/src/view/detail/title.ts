/** The title of the detail: what version it is, its aliases, and whether it can be trusted. */
import type { VersionDetail } from '../../registry/types';
import { parseRef } from '../actions/subject';
import type { ViewContext } from '../context';
import { button, h } from '../dom';
import { icon } from '../icons';
import { breakable } from './table';

export class DetailTitle {
  constructor(
    private readonly context: ViewContext,
    ref: string
  ) {
    const { store, trans } = context;
    const { name, version } = parseRef(ref);
    const close = button('', () => store.clearSelection(), {
      class: 'exo-Icon',
      'aria-label': trans.__('Close details'),
      title: trans.__('Close details (Esc)')
    });
    close.append(icon('close'));
    this.node = h(
      'header',
      { class: 'exo-Detail-title' },
      h(
        'h3',
        { tabindex: -1 },
        h('span', { class: 'exo-Detail-name' }, ...breakable(name)),
        h('span', { class: 'exo-Detail-version' }, `:${version}`)
      ),
      this.badges,
      close
    );
  }

  readonly node: HTMLElement;
  readonly facts = h('p', { class: 'exo-Detail-facts exo-mod-secondary' });

  update(detail: VersionDetail): void {
    const { trans } = this.context;
    const { aliases, status, algorithm, created, trust, loads } = detail;
    const badges = aliases.map(one =>
      h(
        'span',
        {
          class: 'exo-Badge',
          title: one.protected ? trans.__('Protected alias') : null
        },
        `@${one.alias}`,
        one.protected && icon('lock'),
        one.protected && h('span', { class: 'exo-mod-unseen' }, trans.__('(protected)'))
      )
    );
    const states = new Map([
      ['deleted', trans.__('deleted')],
      ['purged', trans.__('deleted permanently')]
    ]);
    if (status !== 'active') {
      const text = states.get(status) ?? status;
      badges.push(h('span', { class: 'exo-Badge exo-mod-status' }, text));
    }
    this.badges.replaceChildren(...badges);
    const isTrusted = trust.status === 'yours' || trust.status === 'trusted';
    this.facts.replaceChildren(
      h('span', {}, algorithm),
      h('span', { title: created.title }, created.text),
      h('span', { title: trust.title, class: isTrusted ? null : 'exo-mod-warning' }, trust.text),
      ...(loads && !loads.ok ? [h('span', { class: 'exo-mod-warning' }, loads.text)] : [])
    );
  }

  private readonly badges = h('span', { class: 'exo-Detail-badges' });
}
