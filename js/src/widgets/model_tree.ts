/** The tree of models and their versions, with the keys of the WAI-ARIA tree pattern. */
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';

import type { Store } from '../registry/old_store';
import type { ModelItem, VersionItem } from '../registry/old_types';
import { h } from '../view/dom';
import type { Row } from '../view/rows';
import { modelRow, moreRow, versionRow } from '../view/rows';

const EVENTS = ['keydown', 'click', 'contextmenu', 'dragstart', 'focusin'];

export class ModelTree extends Widget {
  constructor(
    private readonly store: Store,
    private readonly codeOf: (version: VersionItem) => string
  ) {
    super({
      node: h('div', {
        class: 'exo-Tree',
        role: 'tree',
        'aria-label': 'Models and versions',
        'aria-multiselectable': 'true'
      })
    });
    store.changed.connect(this.onChanged, this);
  }

  /** Emitted when the user opens a version. */
  readonly opened = new Signal<this, VersionItem>(this);

  /** Emitted when a page could not be read. */
  readonly failed = new Signal<this, unknown>(this);

  /** The version of the current row. */
  get current(): VersionItem | null {
    return this.rows[this.position]?.version ?? null;
  }

  /** Handle keys and the pointer. */
  handleEvent(event: Event): void {
    switch (event.type) {
      case 'keydown':
        this.onKey(event as KeyboardEvent);
        break;
      case 'click':
        this.onClick(event as MouseEvent);
        break;
      case 'dragstart':
        this.onDrag(event as DragEvent);
        break;
      case 'focusin':
      case 'contextmenu':
        this.moveTo(this.indexOf(event));
        break;
    }
  }

  override dispose(): void {
    this.store.changed.disconnect(this.onChanged, this);
    super.dispose();
  }

  protected override onAfterAttach(): void {
    for (const type of EVENTS) {
      this.node.addEventListener(type, this);
    }
    this.update();
  }

  protected override onBeforeDetach(): void {
    for (const type of EVENTS) {
      this.node.removeEventListener(type, this);
    }
  }

  protected override onUpdateRequest(): void {
    const focused = this.node.contains(document.activeElement);
    const key = this.rows[this.position]?.key;
    this.rows = this.build();
    this.position = Math.max(
      0,
      this.rows.findIndex(row => row.key === key)
    );
    this.rows.forEach((row, index) => {
      row.node.tabIndex = index === this.position ? 0 : -1;
    });
    this.node.replaceChildren(...this.rows.map(row => row.node));
    this.node.setAttribute('aria-busy', String(this.store.registry !== null && !this.store.models));
    if (focused) {
      this.rows[this.position]?.node.focus();
    }
  }

  private onChanged(): void {
    this.update();
  }

  private build(): Row[] {
    const { models } = this.store;
    const rows = (models?.items ?? []).flatMap((model, index) => [
      modelRow(model, this.store, index),
      ...this.buildVersions(model)
    ]);
    const remaining = models ? models.total - models.items.length : 0;
    if (remaining > 0) {
      rows.push(moreRow(remaining, 1, 'model', () => this.run(this.store.loadMore())));
    }
    return rows;
  }

  private buildVersions(model: ModelItem): Row[] {
    const page = this.store.expanded.get(model.name);
    if (page === undefined) {
      return [];
    }
    const metric = model.metric?.name;
    const rows = page.items.map((version, index) =>
      versionRow(version, metric, this.store, index, page.total)
    );
    const remaining = page.total - page.items.length;
    if (remaining > 0) {
      const more = () => this.run(this.store.expand(model.name));
      rows.push(moreRow(remaining, 2, 'version', more, model.name));
    }
    return rows;
  }

  private onKey(event: KeyboardEvent): void {
    const moves: Partial<Record<string, () => void>> = {
      ArrowDown: () => this.focusOn(this.position + 1),
      ArrowUp: () => this.focusOn(this.position - 1),
      Home: () => this.focusOn(0),
      End: () => this.focusOn(this.rows.length - 1),
      ArrowRight: () => this.expandOrEnter(),
      ArrowLeft: () => this.collapseOrLeave(),
      Enter: () => this.open(this.rows[this.position]),
      ' ': () => this.select(this.rows[this.position])
    };
    const move = moves[event.key];
    if (move && !event.altKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      event.stopPropagation();
      move();
    }
  }

  private onClick(event: MouseEvent): void {
    const row = this.rows[this.indexOf(event)];
    const onCheckbox = (event.target as Element).closest('.exo-Row-checkbox') !== null;
    if (row?.version && (onCheckbox || event.ctrlKey || event.metaKey)) {
      this.select(row);
    } else {
      this.open(row);
    }
  }

  private onDrag(event: DragEvent): void {
    const version = this.rows[this.indexOf(event)]?.version;
    if (version && event.dataTransfer) {
      event.dataTransfer.effectAllowed = 'copy';
      event.dataTransfer.setData('text/plain', this.codeOf(version));
    }
  }

  private open(row: Row | undefined): void {
    if (row?.version) {
      this.opened.emit(row.version);
    } else if (row?.model) {
      this.toggle(row.model.name);
    } else {
      row?.loadMore?.();
    }
  }

  private select(row: Row | undefined): void {
    if (row?.version) {
      this.store.toggleSelection(row.version.model_id);
    } else {
      this.open(row);
    }
  }

  private toggle(name: string): void {
    if (this.store.expanded.has(name)) {
      this.store.collapse(name);
    } else {
      this.run(this.store.expand(name));
    }
  }

  private expandOrEnter(): void {
    const name = this.rows[this.position]?.model?.name;
    if (name !== undefined && this.store.expanded.has(name)) {
      this.focusOn(this.position + 1);
    } else if (name !== undefined) {
      this.toggle(name);
    }
  }

  private collapseOrLeave(): void {
    const row = this.rows[this.position];
    if (row?.model && this.store.expanded.has(row.model.name)) {
      this.toggle(row.model.name);
    } else if (row?.version) {
      const { name } = row.version;
      this.focusOn(this.rows.findIndex(({ model }) => model?.name === name));
    }
  }

  private focusOn(index: number): void {
    this.moveTo(Math.min(Math.max(index, 0), this.rows.length - 1));
    this.rows[this.position]?.node.focus();
  }

  private moveTo(index: number): void {
    const [before, after] = [this.rows[this.position], this.rows[index]];
    if (after) {
      before?.node.setAttribute('tabindex', '-1');
      after.node.setAttribute('tabindex', '0');
      this.position = index;
    }
  }

  private indexOf(event: Event): number {
    const node = (event.target as Element).closest('[role=treeitem]');
    return this.rows.findIndex(row => row.node === node);
  }

  private run(work: Promise<void>): void {
    work.catch((error: unknown) => this.failed.emit(error));
  }

  private rows: Row[] = [];
  private position = 0;
}
