/** Compares versions with the first one, in a table and in plots. */
import { ApiError, errorMessage } from '../../registry/api_error';
import type { Comparison } from '../../registry/types';
import { ActionBar } from '../actions/action_bar';
import { parseRef } from '../actions/subject';
import type { Component } from '../component';
import type { ViewContext } from '../context';
import { Plots } from '../detail/plots';
import { button, errorText, h } from '../dom';
import { comparisonTable } from './comparison_table';

const SHOW_ALL = 'comparison-shows-all';
const FOCUS = 'comparison-has-focus';

export class ComparisonView implements Component {
  constructor(
    private readonly context: ViewContext,
    readonly refs: readonly string[]
  ) {
    const { memory, store, trans } = context;
    const title = trans._n('Comparison of %1 version', 'Comparison of %1 versions', refs.length);
    this.node = h('section', { class: 'exo-Comparison', tabindex: -1, 'aria-label': title });
    this.actions = new ActionBar(context, refs);
    this.plots = new Plots(context, () => [...refs]);
    this.body.append(this.actions.node, this.table, this.notes, this.same, this.plots.node);
    this.body.hidden = true;
    this.node.append(this.status, this.body);
    this.disconnects = [
      store.revised.connect(() => void this.load()),
      store.changed.connect(() => this.onChanged())
    ];
    if (memory.get(FOCUS) === true) {
      memory.delete(FOCUS);
      // The view attaches this one after it was created.
      queueMicrotask(() => this.node.focus());
    }
    void this.load();
  }

  readonly node: HTMLElement;

  dispose(): void {
    this.reading.abort();
    this.disconnects.forEach(disconnect => disconnect());
    this.actions.dispose();
    this.plots.dispose();
    this.node.remove();
  }

  private onChanged(): void {
    if (this.registry === null && this.context.store.registry !== null) {
      void this.load();
    }
  }

  private async load(): Promise<void> {
    const { api, memory, store } = this.context;
    const registry = store.registry?.id ?? null;
    this.reading.abort();
    const reading = (this.reading = new AbortController());
    this.showLoading();
    if (registry === null || (this.registry !== null && registry !== this.registry)) {
      return;
    }
    this.registry = registry;
    const query = { ref: [...this.refs], all: memory.get(SHOW_ALL) === true || undefined };
    try {
      const found = await api.get<Comparison>(store.route('compare'), query, reading.signal);
      if (!reading.signal.aborted && store.registry?.id === registry) {
        this.show(found);
      }
    } catch (error) {
      if (!reading.signal.aborted) {
        this.showError(error);
      }
    }
  }

  private showLoading(): void {
    this.node.setAttribute('aria-busy', 'true');
    if (this.body.hidden) {
      const text = this.context.trans.__('Comparing…');
      this.status.replaceChildren(h('p', { class: 'exo-Loading', role: 'status' }, text));
    }
  }

  private showError(error: unknown): void {
    const { trans } = this.context;
    const retry = button(trans.__('Retry'), () => void this.load());
    const message = errorText(errorMessage(error));
    message.setAttribute('role', 'alert');
    this.node.removeAttribute('aria-busy');
    // A version that does not exist any more must not block the others.
    const isMissing = error instanceof ApiError && error.status === 404;
    const removals = isMissing
      ? this.refs.map(ref => button(trans.__('Remove %1', ref), () => this.remove(ref)))
      : [];
    this.status.replaceChildren(message, h('div', { class: 'exo-Buttons' }, retry, ...removals));
  }

  private show(found: Comparison): void {
    this.node.removeAttribute('aria-busy');
    this.status.replaceChildren();
    this.body.hidden = false;
    const items = found.heads.map(({ model_id, is_deleted }) => ({
      model_id,
      ...parseRef(model_id),
      isDeleted: is_deleted
    }));
    this.actions.update({ items, detail: null });
    // A reply that changed nothing keeps the focus and the scroll position.
    const state = JSON.stringify(found);
    if (state !== this.state) {
      this.state = state;
      this.table.replaceChildren(
        comparisonTable(
          this.context,
          found,
          ref => this.makeReference(ref),
          ref => this.remove(ref)
        )
      );
      this.notes.replaceChildren(
        ...(found.notes ?? []).map(text => h('p', { class: 'exo-mod-secondary' }, text))
      );
      this.showSame(found);
    }
    this.plots.offer(found.plots);
  }

  /** Show how many facts are the same, with a button that lists them. */
  private showSame({ n_same: nSame, sections }: Comparison): void {
    const { memory, trans } = this.context;
    const showsAll = memory.get(SHOW_ALL) === true;
    const hadFocus = this.same.contains(document.activeElement);
    const toggle = button(
      showsAll ? trans.__('Show differences only') : trans.__('Show all'),
      () => {
        memory.set(SHOW_ALL, !showsAll);
        void this.load();
      }
    );
    const differs = sections.length > 0 || showsAll;
    const text = differs
      ? trans._n('%1 fact is the same in all.', '%1 facts are the same in all.', nSame)
      : trans.__('The versions do not differ. %1 facts are the same in all.', nSame);
    this.same.replaceChildren(...(nSame > 0 ? [h('span', {}, text), toggle] : []));
    if (hadFocus) {
      toggle.focus();
    }
  }

  private makeReference(ref: string): void {
    const { memory, store } = this.context;
    memory.set(FOCUS, true);
    store.update({ selected: [ref, ...this.refs.filter(one => one !== ref)] });
  }

  private remove(ref: string): void {
    const { memory, store } = this.context;
    // The last two become the details of one version.
    memory.set(FOCUS, this.refs.length > 2);
    store.update({ selected: this.refs.filter(one => one !== ref) });
  }

  private readonly actions: ActionBar;
  private readonly plots: Plots;
  private readonly status = h('div', { class: 'exo-Detail-status' });
  private readonly body = h('div', { class: 'exo-Detail-body' });
  private readonly table = h('div', { class: 'exo-Compare-table' });
  private readonly notes = h('div');
  private readonly same = h('p', { class: 'exo-Compare-same' });
  private readonly disconnects: (() => void)[];
  private registry: string | null = null;
  private state = '';
  private reading = new AbortController();
}
