/** A form of an action: its fields, the call that it would make, and the confirmation. */
import { errorMessage } from '../../registry/api_error';
import type { ViewContext } from '../context';
import { button, errorText, h } from '../dom';
import type { Change, Plan } from './change';
import { applyChanges, forcedChanges, previewChanges, readAgain, reportOutcome } from './change';

/** A button of a form; `plan` returns the changes, or what is wrong with the fields. */
export interface Choice {
  label: string;
  plan: () => Change[] | string;
  /** Whether the change destroys or moves something. */
  isSerious?: boolean;
  node?: HTMLButtonElement;
}

export interface FormOptions {
  title: string;
  fields: HTMLElement[];
  /** The first one is chosen by Enter. Without fields, it is chosen at once. */
  choices: Choice[];
  /** Called when the form is closed; `isDone` if the change was applied. */
  onClose: (isDone: boolean) => void;
}

export class ActionForm {
  constructor(
    private readonly context: ViewContext,
    private readonly options: FormOptions
  ) {
    this.route = context.store.route();
    const { title, fields, choices } = options;
    const buttons = choices.map(choice => this.choiceButton(choice));
    const cancel = button(context.trans.__('Cancel'), () => this.close(false));
    this.choices.append(...buttons, cancel);
    this.fields = h(
      'form',
      { class: 'exo-Form', novalidate: true, submit: (event: Event) => this.onSubmit(event) },
      ...fields,
      this.choices
    );
    this.node = h(
      'div',
      {
        class: 'exo-ActionForm',
        role: 'group',
        'aria-label': title,
        keydown: (event: KeyboardEvent) => this.onKey(event)
      },
      h('div', { class: 'exo-ActionForm-title' }, title),
      this.fields,
      this.question
    );
    // Another text is another call, so the question for the last one is removed.
    this.fields.addEventListener('input', () => this.clearQuestion());
  }

  readonly node: HTMLElement;

  /** Move the focus to the first field, or ask at once if there is none. */
  start(): void {
    const [first] = this.options.choices;
    if (this.options.fields.length === 0 && first) {
      this.fields.hidden = true;
      void this.ask(first);
    } else {
      this.fields.querySelector<HTMLElement>('input, textarea, select')?.focus();
    }
  }

  dispose(): void {
    this.isClosed = true;
    this.node.remove();
  }

  private choiceButton(choice: Choice): HTMLButtonElement {
    const node = button(choice.label, () => void this.ask(choice));
    choice.node = node;
    return node;
  }

  private onSubmit(event: Event): void {
    event.preventDefault();
    const [first] = this.options.choices;
    if (first && !this.isBusy) {
      void this.ask(first);
    }
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      this.back();
    } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey || isLine(event.target))) {
      event.preventDefault();
      event.stopPropagation();
      this.onSubmit(event);
    }
  }

  /** Show the call and its effect, and ask for confirmation. */
  private async ask(choice: Choice): Promise<void> {
    const changes = choice.plan();
    if (typeof changes === 'string') {
      this.showError(changes);
      return;
    }
    await this.preview(choice, changes);
  }

  private async preview(choice: Choice, changes: Change[]): Promise<void> {
    this.showBusy(this.context.trans.__('Checking…'));
    try {
      const plan = await previewChanges(this.context, this.route, changes);
      if (!this.isClosed) {
        this.showQuestion(choice, plan);
      }
    } catch (error) {
      if (!this.isClosed) {
        const forced = forcedChanges(error, changes);
        this.showError(errorMessage(error), forced && (() => void this.preview(choice, forced)));
      }
    } finally {
      this.setBusy(false);
    }
  }

  private showQuestion(choice: Choice, plan: Plan): void {
    const { trans } = this.context;
    const { changes, messages, warnings, code } = plan;
    const style = choice.isSerious
      ? 'exo-Button jp-mod-styled jp-mod-warn'
      : 'exo-Button jp-mod-styled jp-mod-accept';
    const apply = button(choice.label, () => void this.apply(changes), { class: style });
    const cancel = button(trans.__('Cancel'), () => this.back());
    this.question.replaceChildren(
      ...messages.map(text => h('p', {}, text)),
      ...warnings.map(text => h('p', { class: 'exo-mod-warning' }, text)),
      h('pre', { class: 'exo-ActionForm-code', tabindex: 0, 'aria-label': trans.__('Code') }, code),
      h('div', { class: 'exo-Buttons' }, apply, cancel)
    );
    // The question has buttons of its own.
    this.choices.hidden = true;
    apply.focus();
  }

  private async apply(changes: Change[]): Promise<void> {
    if (this.isBusy) {
      return;
    }
    this.showBusy(this.context.trans.__('Applying…'));
    const outcome = await applyChanges(this.context, this.route, changes);
    this.setBusy(false);
    if (outcome.messages.length > 0) {
      reportOutcome(this.context, this.route, outcome);
    }
    if (outcome.error === null) {
      this.close(true);
    } else if (this.isClosed) {
      this.context.status.reportError(outcome.error);
    } else {
      const forced = forcedChanges(outcome.error, outcome.left);
      this.showError(errorMessage(outcome.error), forced && (() => void this.apply(forced)));
    }
    await readAgain(this.context);
  }

  private showBusy(text: string): void {
    this.setBusy(true);
    this.question.replaceChildren(h('p', { class: 'exo-Loading', role: 'status' }, text));
  }

  private setBusy(isBusy: boolean): void {
    this.isBusy = isBusy;
    this.node.toggleAttribute('aria-busy', isBusy);
  }

  private showError(message: string, applyAnyway?: (() => void) | null): void {
    const { trans } = this.context;
    const error = errorText(message);
    error.setAttribute('role', 'alert');
    const back = button(trans.__('Back'), () => this.back());
    const anyway =
      applyAnyway &&
      button(trans.__('Apply anyway'), applyAnyway, {
        class: 'exo-Button jp-mod-styled jp-mod-warn'
      });
    this.choices.hidden = false;
    this.question.replaceChildren(
      error,
      h('div', { class: 'exo-Buttons' }, anyway, this.fields.hidden && back)
    );
    (anyway ?? this.fields.querySelector<HTMLElement>('input, textarea') ?? back).focus();
  }

  /** Return from the question to the fields, or close the form. */
  private back(): void {
    const isAsking = this.question.childElementCount > 0 && !this.fields.hidden;
    this.clearQuestion();
    if (isAsking) {
      this.fields.querySelector<HTMLElement>('input, textarea')?.focus();
    } else {
      this.close(false);
    }
  }

  private clearQuestion(): void {
    this.question.replaceChildren();
    this.choices.hidden = false;
  }

  private close(isDone: boolean): void {
    if (!this.isClosed) {
      this.dispose();
      this.options.onClose(isDone);
    }
  }

  private readonly route: string[];
  private readonly fields: HTMLFormElement;
  private readonly choices = h('div', { class: 'exo-Buttons' });
  private readonly question = h('div', { class: 'exo-ActionForm-question' });
  private isBusy = false;
  private isClosed = false;
}

/** Return whether Enter in an element submits; a browser does so only if it is the only field. */
function isLine(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement && target.type === 'text';
}
