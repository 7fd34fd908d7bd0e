/** A text instead of an empty list, with the next step. */
import type { Component } from './component';
import type { ViewContext } from './context';
import { button, h, replaceIfChanged } from './dom';

type Kind = 'none' | 'no-registry' | 'gone' | 'no-model' | 'only-deleted' | 'no-match';

const CREATE =
  'from exo_nbregistry import ModelRegistry\n\nregistry = ModelRegistry("models/registry")';
const REGISTER = 'registry.register_model(model=model, model_name="my_model")';

export class EmptyState implements Component {
  constructor(private readonly context: ViewContext) {
    this.disconnect = context.store.changed.connect(() => this.render());
    this.render();
  }

  readonly node = h('div', { class: 'exo-Empty' });

  dispose(): void {
    this.disconnect();
  }

  private render(): void {
    const kind = this.kind();
    this.node.hidden = kind === 'none';
    replaceIfChanged(this.node, kind, () => this.content(kind));
  }

  private kind(): Kind {
    const { hasNoRegistry, isFixed, rows, loading, error, state, head } = this.context.store;
    if (hasNoRegistry) {
      return isFixed ? 'gone' : 'no-registry';
    }
    if (rows === null || rows.total > 0 || loading || error !== null) {
      return 'none';
    }
    if (state.query !== '' || state.model_name !== '') {
      return 'no-match';
    }
    const hasDeleted = (head?.counts.deleted ?? 0) > 0;
    return hasDeleted && !state.show_deleted ? 'only-deleted' : 'no-model';
  }

  private content(kind: Kind): HTMLElement[] {
    const { store, trans } = this.context;
    switch (kind) {
      case 'none':
        return [];
      case 'no-registry':
        return [
          this.text(trans.__('There is no registry in the folder of this server. Create one:')),
          ...this.code(CREATE)
        ];
      case 'gone':
        return [
          this.text(
            trans.__('This folder is not a registry any more, or the server cannot read it.')
          ),
          button(trans.__('Try again'), () => {
            store.refresh().catch(() => undefined);
          })
        ];
      case 'no-model':
        return [
          this.text(trans.__('No models yet. Register the first one:')),
          ...this.code(REGISTER)
        ];
      case 'only-deleted':
        return [
          this.text(trans.__('All versions are deleted.')),
          button(trans.__('Show deleted'), () =>
            store.update({ view: 'versions', show_deleted: true })
          )
        ];
      case 'no-match':
        return [
          this.text(
            store.state.view === 'models'
              ? trans.__('No matching models.')
              : trans.__('No matching versions.')
          ),
          button(trans.__('Clear search'), () => store.update({ query: '', model_name: '' }))
        ];
    }
  }

  private text(text: string): HTMLElement {
    return h('p', { role: 'status' }, text);
  }

  private code(code: string): HTMLElement[] {
    const { host, status, trans } = this.context;
    const copy = button(trans.__('Copy'), () => {
      host.copy(code).then(
        () => status.report(trans.__('The code was copied.')),
        (error: unknown) => status.reportError(error)
      );
    });
    const insert = () => host.insertCode?.(code);
    return [
      h('pre', { class: 'exo-Empty-code' }, h('code', {}, code)),
      h(
        'div',
        { class: 'exo-Buttons' },
        copy,
        host.insertCode ? button(trans.__('Insert into notebook'), insert) : null
      )
    ];
  }

  private readonly disconnect: () => void;
}
