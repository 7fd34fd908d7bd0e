/** The top of the details: aliases, algorithm, time, and trust. */
import type { VersionDetail } from '../../registry/types';
import type { ViewContext } from '../context';
import { h } from '../dom';
import { icon } from '../icons';

export class DetailTitle {
  constructor(private readonly context: ViewContext) {
    this.node = h('div', { class: 'exo-Detail-title' }, this.badges, this.facts);
  }

  readonly node: HTMLElement;
  private readonly facts = h('p', { class: 'exo-Detail-facts exo-mod-secondary' });

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
