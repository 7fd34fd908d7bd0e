/** Sets, moves, rolls back and removes an alias. */
import type { ModelPage } from '../../registry/types';
import type { ViewContext } from '../context';
import { h, setText } from '../dom';
import type { Choice, FormOptions } from './action_form';
import type { Change } from './change';
import type { TextField } from './fields';
import { checkField, textField } from './fields';
import type { Subject, Subjects } from './subject';

type Targets = ReadonlyMap<string, number>;

/** Return the form of the aliases of a model, for one of its versions. */
export function aliasForm(
  context: ViewContext,
  subjects: Subjects,
  onClose: FormOptions['onClose']
): FormOptions {
  return new AliasForm(context, subjects, onClose).options;
}

class AliasForm {
  constructor(
    private readonly context: ViewContext,
    { items, detail }: Subjects,
    onClose: FormOptions['onClose']
  ) {
    const { trans } = context;
    [this.subject] = items as [Subject];
    this.known = new Map(detail?.aliases.map(one => [one.alias, one.protected]));
    this.alias = textField(trans.__('Alias'), 'champion');
    const hint = trans.__(
      'Moving or removing the alias, or deleting its version, requires force=True'
    );
    const [protection, box] = checkField(trans.__('Protected'), hint);
    this.protection = box;
    this.setting = { label: trans.__('Set alias'), plan: () => this.plan(name => this.set(name)) };
    this.others = [
      {
        label: trans.__('Roll back'),
        plan: () => this.plan(name => this.change('POST', name, 'rollback')),
        isSerious: true
      },
      {
        label: trans.__('Remove'),
        plan: () => this.plan(name => this.change('DELETE', name)),
        isSerious: true
      }
    ];
    this.options = {
      title: trans.__('Alias of %1', this.subject.model_id),
      fields: [this.alias.node, protection, this.hint],
      choices: [this.setting, ...this.others],
      onClose
    };
    this.alias.offer([...this.known.keys()]);
    this.alias.input.addEventListener('input', () => this.follow());
    box.addEventListener('change', () => {
      this.isProtectionGiven = true;
    });
    this.readTargets().then(
      targets => this.showTargets(targets),
      // Without it, the form works: then the alias is moved wherever it points.
      () => undefined
    );
  }

  readonly options: FormOptions;

  /** Return where the aliases of the model point. */
  private async readTargets(): Promise<Targets> {
    const { api, store } = this.context;
    const { name } = this.subject;
    const query = { name, q: `model_name == '${name}'` };
    const { items } = await api.get<ModelPage>(store.route('models'), query);
    const model = items.find(item => item.name === name);
    if (model === undefined) {
      throw new Error(`No model ${name}`);
    }
    return new Map(Object.entries(model.aliases));
  }

  private showTargets(targets: Targets): void {
    this.targets = targets;
    this.alias.offer([...new Set([...this.known.keys(), ...targets.keys()])]);
    this.follow();
  }

  /** Show where the alias points, and keep its protection. */
  private follow(): void {
    const { trans } = this.context;
    const { name } = this;
    const at = this.targets?.get(name);
    this.setting.label = at === undefined ? trans.__('Set alias') : trans.__('Move here');
    this.setting.isSerious = at !== undefined;
    if (this.setting.node) {
      this.setting.node.textContent = this.setting.label;
    }
    for (const { node } of this.others) {
      if (node) {
        node.disabled = this.targets !== null && at === undefined;
      }
    }
    setText(this.hint, this.hintOf(name, at));
    if (!this.isProtectionGiven) {
      this.protection.checked = this.known.get(name) ?? false;
    }
  }

  private hintOf(name: string, at: number | undefined): string {
    const { trans } = this.context;
    if (at === undefined) {
      return '';
    }
    return at === this.subject.version
      ? trans.__('@%1 points to this version.', name)
      : trans.__('@%1 points to version %2.', name, at);
  }

  private plan(change: (name: string) => Change): Change[] | string {
    return this.name === ''
      ? this.context.trans.__('Enter an alias, such as champion.')
      : [change(this.name)];
  }

  private set(name: string): Change {
    const { version } = this.subject;
    const given = this.isProtectionGiven ? { protected: this.protection.checked } : {};
    const { path, body } = this.change('PUT', name);
    return { method: 'PUT', path, body: { version, ...body, ...given } };
  }

  private change(method: Change['method'], name: string, ...action: string[]): Change {
    const path = ['models', this.subject.name, 'aliases', name, ...action];
    // If the alias is moved meanwhile, the server rejects the change.
    const body = this.targets === null ? {} : { expected: this.targets.get(name) ?? null };
    return { method, path, body };
  }

  private get name(): string {
    return this.alias.input.value.trim().replace(/^@/, '');
  }

  private readonly subject: Subject;
  /** The aliases of the version, and whether they are protected. */
  private readonly known: ReadonlyMap<string, boolean>;
  private readonly alias: TextField;
  private readonly protection: HTMLInputElement;
  private readonly hint = h('p', { class: 'exo-mod-secondary', role: 'status' });
  private readonly setting: Choice;
  private readonly others: Choice[];
  private targets: Targets | null = null;
  private isProtectionGiven = false;
}
