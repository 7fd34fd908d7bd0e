/** The view of a follow-up list: counts, threshold, candidates, details, figures and export. */
import { Api } from '../../registry/api';
import { apiTexts } from '../api_texts';
import { errorMessage } from '../../registry/api_error';
import type { Primed } from '../../registry/primed';
import { primedTransport } from '../../registry/primed';
import type { Transport } from '../../transport/transport';
import type { Component } from '../component';
import { errorText, h, replaceIfChanged, setText } from '../dom';
import { keepFocus } from '../focus';
import { keepKeys } from '../keyboard';
import { Pager } from '../list/pager';
import { Progress } from '../list/progress';
import type { Trans } from '../translator';
import { CandidatesStore } from './candidates_store';
import { CandidatesTable } from './candidates_table';
import { ExportForm } from './export_form';
import { Figures } from './figures';
import { SignalDetail, SignalSearch } from './signal_detail';
import { ThresholdControl } from './threshold_control';
import type { CandidatesState } from './types';
import type { WidthWatch } from '../width';
import { watchWidth } from '../width';

/** A narrower view shows a figure only when its button is pressed. */
const WIDE_PX = 600;

export class CandidatesView implements Component {
  constructor(transport: Transport, trans: Trans, state: CandidatesState, primed: Primed = {}) {
    this.store = new CandidatesStore(
      new Api(primedTransport(transport, primed), apiTexts(trans)),
      state
    );
    this.pager = new Pager(trans, page => this.store.update({ page: page - 1 }));
    const threshold = new ThresholdControl(this.store, trans);
    const table = new CandidatesTable(this.store, trans);
    const detail = new SignalDetail(this.store, trans);
    const figures = new Figures(this.store, trans);
    const exporting = new ExportForm(this.store, trans);
    const search = new SignalSearch(this.store, trans);
    this.progress = new Progress(trans);
    this.drawn = [threshold, table, detail, figures, exporting];
    this.parts = [...this.drawn, this.pager, this.progress, search];
    const head = h('div', { class: 'exo-Followup-head' }, this.caveat, threshold.node, this.counts);
    const list = h(
      'div',
      { class: 'exo-Followup-list' },
      search.node,
      this.progress.node,
      table.node,
      this.pager.node
    );
    this.node = h(
      'div',
      { class: 'exo-View exo-mod-notebook exo-Followup' },
      h(
        'div',
        { class: 'exo-Followup-content' },
        h('div', { class: 'exo-Followup-top' }, head, figures.node),
        this.problem,
        h('div', { class: 'exo-Followup-body' }, list, detail.node),
        exporting.node,
        this.source
      )
    );
    this.width = watchWidth(this.node, WIDE_PX, isWide => figures.setWide(isWide));
    this.releaseKeys = keepKeys(this.node);
    this.releaseFocus = keepFocus(this.node, () => undefined);
    this.store.changed.connect(() => this.render());
    this.store.refresh();
  }

  readonly node: HTMLElement;
  readonly store: CandidatesStore;

  dispose(): void {
    this.width.dispose();
    this.releaseKeys();
    this.releaseFocus();
    this.store.dispose();
    this.parts.forEach(part => part.dispose());
    this.node.remove();
  }

  private render(): void {
    const { list, error, isLoading, state } = this.store;
    this.node.classList.toggle('exo-mod-open', state.selected !== '');
    this.progress.show({ loading: isLoading, empty: list === null, indexing: null });
    const message = error === null ? null : errorMessage(error);
    replaceIfChanged(this.problem, message, () => (message === null ? [] : [errorText(message)]));
    if (list) {
      setText(this.caveat, list.caveat);
      setText(this.source, list.source);
      replaceIfChanged(this.counts, [list.headline, list.lines], () => [
        h('p', {}, h('strong', {}, list.headline)),
        ...list.lines.map(line => h('p', {}, line))
      ]);
      this.pager.show({
        page: list.page + 1,
        pageSize: list.page_size,
        total: Math.max(list.total, 1)
      });
    }
    this.drawn.forEach(part => part.render());
  }

  private readonly caveat = h('p', { class: 'exo-Followup-text exo-mod-secondary' });
  private readonly counts = h('div', { class: 'exo-Followup-counts', role: 'status' });
  private readonly problem = h('div', { class: 'exo-Followup-problem', role: 'alert' });
  private readonly source = h('p', { class: 'exo-Followup-text exo-mod-secondary' });
  private readonly pager: Pager;
  private readonly progress: Progress;
  private readonly width: WidthWatch;
  private readonly drawn: (Component & { render(): void })[];
  private readonly parts: Component[];
  private readonly releaseKeys: () => void;
  private readonly releaseFocus: () => void;
}
