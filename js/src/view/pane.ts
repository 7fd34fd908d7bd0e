/** Beside or under the list: the details of one version, or the comparison of several. */
import type { Component } from './component';
import type { ViewContext } from './context';
import { h, setText } from './dom';
import { icon } from './icons';

/** Creates what shows the selected versions. */
export type PaneContent = (context: ViewContext, refs: string[]) => Component;

export class Pane implements Component {
  /** `onClosed` is called when the user closed the pane from within. */
  constructor(
    private readonly context: ViewContext,
    private readonly create: PaneContent,
    private readonly onClosed: () => void
  ) {
    const { store, trans } = context;
    this.tab = this.iconButton('launch', trans.__('Open in a tab'), () =>
      context.host.openInTab?.([...store.state.selected])
    );
    this.tab.hidden = context.host.openInTab === undefined;
    const close = this.iconButton('close', trans.__('Clear selection'), () => this.close());
    this.bar = h('div', { class: 'exo-Pane-bar' }, this.title, this.tab, close);
    this.hint = h(
      'p',
      { class: 'exo-Pane-hint' },
      trans.__('Select a version to see its details, or several to compare them.')
    );
    this.node = h(
      'section',
      {
        class: 'exo-Pane',
        'aria-label': trans.__('Selected versions'),
        keydown: (event: KeyboardEvent) => this.onKey(event)
      },
      this.bar,
      this.hint,
      this.body
    );
    this.disconnect = store.changed.connect(() => this.render());
    this.render();
  }

  readonly node: HTMLElement;

  dispose(): void {
    this.disconnect();
    this.content?.dispose();
  }

  private render(): void {
    const { registry, state } = this.context.store;
    const refs = registry === null ? [] : state.selected;
    const key = JSON.stringify([registry?.id, refs]);
    if (key === this.shown) {
      return;
    }
    this.shown = key;
    this.content?.dispose();
    this.content = refs.length === 0 ? null : this.create(this.context, [...refs]);
    this.body.replaceChildren(...(this.content === null ? [] : [this.content.node]));
    this.body.scrollTop = 0;
    this.bar.hidden = this.body.hidden = refs.length === 0;
    this.hint.hidden = refs.length > 0;
    setText(this.title, this.titleOf(refs));
  }

  private titleOf(refs: string[]): string {
    const { trans } = this.context;
    return refs.length > 1 ? trans.__('Comparison of %1 versions', refs.length) : (refs[0] ?? '');
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key === 'Escape' && !event.defaultPrevented) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    }
  }

  private close(): void {
    this.context.store.clearSelection();
    this.onClosed();
  }

  private iconButton(
    name: Parameters<typeof icon>[0],
    label: string,
    click: () => void
  ): HTMLElement {
    const attributes = { type: 'button', class: 'exo-Icon', 'aria-label': label, title: label };
    return h('button', { ...attributes, click }, icon(name));
  }

  private readonly title = h('h2', { class: 'exo-Pane-title' });
  private readonly body = h('div', { class: 'exo-Pane-body' });
  private readonly bar: HTMLElement;
  private readonly hint: HTMLElement;
  private readonly tab: HTMLElement;
  private readonly disconnect: () => void;
  private content: Component | null = null;
  private shown = '';
}
