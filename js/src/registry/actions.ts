/** Changes of a registry. Each one reports its result, and offers to undo it or to retry. */
import { ApiError } from './api_error';
import type { Store } from './old_store';
import type { AliasState } from './old_types';

type Method = 'POST' | 'PUT' | 'DELETE';
const APPLY_ANYWAY = 'Apply anyway';

type Retry = (actual: number | null) => Promise<void>;

/** A button beside a message. */
export interface StatusAction {
  label: string;
  run: () => void;
}

/** Shows the result of an action to the user. */
export interface StatusReporter {
  report(text: string, action?: StatusAction): void;
  reportError(error: unknown, action?: StatusAction): void;
}

export class Actions {
  constructor(
    private readonly store: Store,
    private readonly status: StatusReporter
  ) {}

  /** Point an alias to a version, if it still points to `expected`; `force` if it is protected. */
  setAlias(
    name: string,
    alias: string,
    version: number,
    expected: number | null,
    force = false
  ): Promise<void> {
    const path = ['models', name, 'aliases', alias];
    const done =
      expected === null
        ? `@${alias} was set to ${name}:${version}.`
        : `@${alias} was moved from ${name}:${expected} to ${name}:${version}.`;
    const undo = () =>
      expected === null
        ? this.removeAlias(name, alias, version, force)
        : this.setAlias(name, alias, expected, version, force);
    return this.run(
      () => this.changeAlias('PUT', path, forced({ version, expected }, force)),
      () => done,
      undo,
      actual => this.setAlias(name, alias, version, actual, force),
      () => this.setAlias(name, alias, version, expected, true)
    );
  }

  /** Remove an alias, if it still points to `expected`; `force` if it is protected. */
  removeAlias(name: string, alias: string, expected: number, force = false): Promise<void> {
    const path = ['models', name, 'aliases', alias];
    return this.run(
      () => this.changeAlias('DELETE', path, forced({ expected }, force)),
      () => `@${alias} was removed from ${name}:${expected}.`,
      () => this.setAlias(name, alias, expected, null),
      actual =>
        actual === null ? Promise.resolve() : this.removeAlias(name, alias, actual, force),
      () => this.removeAlias(name, alias, expected, true)
    );
  }

  /** Point an alias back to its previous version, if it still points to `expected`. */
  async rollBack(name: string, alias: string, expected: number, force = false): Promise<void> {
    const path = ['models', name, 'aliases', alias, 'rollback'];
    let reached: number | null = null;
    await this.run(
      async () => {
        reached = (await this.changeAlias('POST', path, forced({ expected }, force))).version;
      },
      () =>
        reached === null
          ? `@${alias} was rolled back and is not set.`
          : `@${alias} was rolled back to ${name}:${reached}.`,
      () => this.setAlias(name, alias, expected, reached, force),
      actual => (actual === null ? Promise.resolve() : this.rollBack(name, alias, actual, force)),
      () => this.rollBack(name, alias, expected, true)
    );
  }

  /** Add a tag or change its value; `before` is its value now, or undefined if it is new. */
  tag(name: string, version: number, tag: string, value: unknown, before: unknown): Promise<void> {
    return this.run(
      () => this.send('POST', versionPath(name, version, 'tags'), { tags: { [tag]: value } }),
      () => `Tag ${tag} was added to ${name}:${version}.`,
      () =>
        before === undefined
          ? this.untag(name, version, tag, value)
          : this.tag(name, version, tag, before, value)
    );
  }

  /** Remove a tag. */
  untag(name: string, version: number, tag: string, value: unknown): Promise<void> {
    return this.run(
      () => this.send('DELETE', versionPath(name, version, 'tags', tag)),
      () => `Tag ${tag} was removed from ${name}:${version}.`,
      () => this.tag(name, version, tag, value, undefined)
    );
  }

  /** Add a note, which cannot be undone. */
  note(name: string, version: number, text: string): Promise<void> {
    return this.run(
      () => this.send('POST', versionPath(name, version, 'notes'), { text }),
      () => `A note was added to ${name}:${version}.`
    );
  }

  /** Delete a version; it can be restored. `force` if a protected alias points to it. */
  delete(name: string, version: number, force = false): Promise<void> {
    return this.run(
      () => this.send('POST', versionPath(name, version, 'delete'), force ? { force } : undefined),
      () => `${name}:${version} was deleted.`,
      () => this.restore(name, version),
      undefined,
      () => this.delete(name, version, true)
    );
  }

  /** Restore a deleted version. */
  restore(name: string, version: number): Promise<void> {
    return this.run(
      () => this.send('POST', versionPath(name, version, 'restore')),
      () => `${name}:${version} was restored.`,
      () => this.delete(name, version)
    );
  }

  private async changeAlias(method: Method, path: string[], body: object): Promise<AliasState> {
    const state = (await this.send(method, path, body)) as AliasState;
    // At once, not at the next poll: the next change states where it expects the alias.
    this.store.recordAlias(state);
    return state;
  }

  private send(method: Method, path: string[], body?: object): Promise<unknown> {
    return this.store.api.send(method, this.store.route(...path), body);
  }

  private async run(
    change: () => Promise<unknown>,
    done: () => string,
    undo?: () => Promise<void>,
    retry?: Retry,
    force?: () => Promise<void>
  ): Promise<void> {
    try {
      await change();
      this.status.report(done(), undo && { label: 'Undo', run: () => void undo() });
    } catch (error) {
      this.status.reportError(error, retryAfter(error, retry, force));
    }
    await this.store.poll().catch(() => undefined);
  }
}

/** Offer to retry a change that failed because the alias had moved, or because it is protected. */
function retryAfter(
  error: unknown,
  retry?: Retry,
  force?: () => Promise<void>
): StatusAction | undefined {
  if (error instanceof ApiError && error.reason === 'protected' && force) {
    return { label: APPLY_ANYWAY, run: () => void force() };
  }
  if (!(error instanceof ApiError) || error.reason !== 'conflict' || !retry) {
    return undefined;
  }
  const { actual } = error.fields;
  if (typeof actual !== 'number' && actual !== null) {
    return undefined;
  }
  return { label: APPLY_ANYWAY, run: () => void retry(actual) };
}

/** The body of a change that also applies if an alias is protected. */
function forced(body: object, force: boolean): object {
  return force ? { ...body, force } : body;
}

function versionPath(name: string, version: number, ...rest: string[]): string[] {
  return ['models', name, 'versions', String(version), ...rest];
}
