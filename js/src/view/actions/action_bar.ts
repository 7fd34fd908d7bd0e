/** The actions on one version or on several, and the form that is open. */
import { takeActionRequest } from '../action_request';
import type { Component } from '../component';
import type { ViewContext } from '../context';
import { button, h } from '../dom';
import { icon } from '../icons';
import { Menu } from '../list/menu';
import type { FormOptions } from './action_form';
import { ActionForm } from './action_form';
import type { BarAction } from './bar_actions';
import { barActions } from './bar_actions';
import type { Subjects } from './subject';

export class ActionBar implements Component {
  constructor(
    private readonly context: ViewContext,
    private readonly refs: readonly string[]
  ) {
    const { store, trans } = context;
    this.toolbar.setAttribute('aria-label', trans.__('Actions'));
    this.more = button('', () => this.showMore(), {
      class: 'exo-Icon exo-ActionBar-more',
      'aria-label': trans.__('More actions'),
      title: trans.__('More actions'),
      'aria-haspopup': 'menu'
    });
    this.more.append(icon('menu'));
    this.toolbar.append(this.buttons, this.more);
    this.disconnect = store.changed.connect(() => this.openRequested());
  }

  readonly node = h('div', { class: 'exo-ActionBar' });

  /** Offer the actions that fit these versions. */
  update(subjects: Subjects): void {
    this.subjects = subjects;
    this.actions = barActions(this.context, subjects, this);
    const state = JSON.stringify(this.actions);
    if (state !== this.state) {
      this.state = state;
      const focused = (document.activeElement as HTMLElement | null)?.dataset.action;
      const hadFocus = this.buttons.contains(document.activeElement);
      this.buttons.replaceChildren(...this.actions.map(action => this.buttonOf(action)));
      if (hadFocus && focused) {
        this.focusOn(focused);
      }
    }
    if (!this.node.contains(this.toolbar)) {
      this.node.append(this.toolbar, this.place);
    }
    this.openRequested();
  }

  /** Show a form; the focus returns to the button of the action afterwards. */
  open(
    name: string,
    form: (context: ViewContext, subjects: Subjects, onClose: FormOptions['onClose']) => FormOptions
  ): void {
    if (this.subjects === null) {
      return;
    }
    this.form?.dispose();
    const options = form(this.context, this.subjects, () => {
      this.form = null;
      this.focusOn(name);
    });
    this.form = new ActionForm(this.context, options);
    this.place.replaceChildren(this.form.node);
    this.form.node.scrollIntoView({ block: 'nearest' });
    this.form.start();
  }

  dispose(): void {
    this.disconnect();
    this.form?.dispose();
  }

  private buttonOf(action: BarAction): HTMLElement {
    const { name, label, why, isMinor } = action;
    const node = button(label, () => this.run(name), {
      class: `exo-Button jp-mod-styled${isMinor ? ' exo-mod-minor' : ''}`,
      'data-action': name,
      title: why,
      // It keeps the focus, so that its reason can be read.
      'aria-disabled': why === null ? null : 'true',
      'aria-description': why
    });
    node.prepend(icon(action.icon));
    return node;
  }

  private run(name: string): void {
    const action = this.actions.find(one => one.name === name);
    if (action?.why === null) {
      action.run();
    } else if (action) {
      this.context.status.report(action.why);
    }
  }

  /** Show the actions that have no room. */
  private showMore(): void {
    const items = this.actions
      .filter(({ isMinor }) => isMinor)
      .map(({ name, label, why }) => ({ label, why, run: () => this.run(name) }));
    new Menu(items, this.context.trans.__('More actions'), this.more, this.more);
  }

  /** Open the form that another part of the view asked for. */
  private openRequested(): void {
    const [ref] = this.refs;
    if (this.subjects === null || this.refs.length !== 1 || ref === undefined) {
      return;
    }
    const name = takeActionRequest(this.context, ref);
    if (name !== null) {
      this.run(name);
    }
  }

  private focusOn(name: string): void {
    const nodes = [...this.buttons.querySelectorAll<HTMLElement>('button')];
    // Delete is replaced by Restore, and the other way around.
    const wanted = nodes.find(({ dataset }) => dataset.action === name) ?? nodes[0];
    const isShown = wanted && getComputedStyle(wanted).display !== 'none';
    (isShown ? wanted : this.more).focus();
  }

  private readonly toolbar = h('div', { class: 'exo-ActionBar-buttons', role: 'group' });
  private readonly buttons = h('div', { class: 'exo-Buttons' });
  private readonly more: HTMLButtonElement;
  private readonly place = h('div');
  private readonly disconnect: () => void;
  private subjects: Subjects | null = null;
  private actions: BarAction[] = [];
  private state = '';
  private form: ActionForm | null = null;
}
