/** What changes a registry: each says what it did and how to undo it, or who was faster. */
import { ApiError } from './api';
import { Status, Way } from '../widgets/status_line';
import { Store } from './store';
import { AliasState } from './types';

type Method = 'POST' | 'PUT' | 'DELETE';

export class Actions {
  constructor(
    private readonly store: Store,
    private readonly status: Status
  ) {}

  /** Point an alias at a version, if it is still where it was seen. */
  setAlias(name: string, alias: string, version: number, expected: number | null): Promise<void> {
    const undo =
      expected === null
        ? () => this.removeAlias(name, alias, version)
        : () => this.setAlias(name, alias, expected, version);
    const from = expected === null ? '' : `, before at version ${expected}`;
    return this.change(
      () => this.alias('PUT', ['models', name, 'aliases', alias], { version, expected }),
      `@${alias} points at ${name}:${version}${from}.`,
      undo,
      actual => this.setAlias(name, alias, version, actual)
    );
  }

  /** Make an alias point nowhere. */
  removeAlias(name: string, alias: string, expected: number): Promise<void> {
    return this.change(
      () => this.alias('DELETE', ['models', name, 'aliases', alias], { expected }),
      `@${alias} points nowhere, before at version ${expected}.`,
      () => this.setAlias(name, alias, expected, null),
      actual => (actual === null ? Promise.resolve() : this.removeAlias(name, alias, actual))
    );
  }

  /** Point an alias back to where it pointed before. */
  async rollBack(name: string, alias: string, expected: number): Promise<void> {
    const path = ['models', name, 'aliases', alias, 'rollback'];
    let reached: number | null = null;
    await this.change(
      async () => {
        reached = (await this.alias('POST', path, { expected })).version;
      },
      () => `@${alias} is back at ${reached === null ? 'nowhere' : `version ${reached}`}.`,
      () => this.setAlias(name, alias, expected, reached),
      actual => (actual === null ? Promise.resolve() : this.rollBack(name, alias, actual))
    );
  }

  /** Add a tag, or give it another value; `before` is undefined where it is new. */
  tag(name: string, version: number, tag: string, value: unknown, before: unknown): Promise<void> {
    return this.change(
      () => this.ask('POST', this.of(name, version, 'tags'), { tags: { [tag]: value } }),
      `${name}:${version} is tagged ${tag}.`,
      () =>
        before === undefined
          ? this.untag(name, version, tag, value)
          : this.tag(name, version, tag, before, value)
    );
  }

  /** Take a tag away. */
  untag(name: string, version: number, tag: string, value: unknown): Promise<void> {
    return this.change(
      () => this.ask('DELETE', this.of(name, version, 'tags', tag)),
      `${name}:${version} is no longer tagged ${tag}.`,
      () => this.tag(name, version, tag, value, undefined)
    );
  }

  /** Add a note, which stays. */
  note(name: string, version: number, text: string): Promise<void> {
    return this.change(
      () => this.ask('POST', this.of(name, version, 'notes'), { text }),
      `The note stands with ${name}:${version}.`
    );
  }

  /** Hide a version. */
  delete(name: string, version: number): Promise<void> {
    return this.change(
      () => this.ask('POST', this.of(name, version, 'delete')),
      `${name}:${version} is deleted.`,
      () => this.restore(name, version)
    );
  }

  /** Bring a version back. */
  restore(name: string, version: number): Promise<void> {
    return this.change(
      () => this.ask('POST', this.of(name, version, 'restore')),
      `${name}:${version} is restored.`,
      () => this.delete(name, version)
    );
  }

  private of(name: string, version: number, ...rest: string[]): string[] {
    return ['models', name, 'versions', String(version), ...rest];
  }

  /** Change an alias, and show at once where it points, for the next change goes by it. */
  private async alias(method: Method, path: string[], body: object): Promise<AliasState> {
    const state = await this.ask<AliasState>(method, path, body);
    this.store.noteAlias(state);
    return state;
  }

  private ask<T>(method: Method, path: string[], body?: object): Promise<T> {
    return this.store.api.send<T>(method, this.store.route(...path), body);
  }

  private async change(
    work: () => Promise<unknown>,
    done: string | (() => string),
    undo?: () => Promise<void>,
    insist?: (actual: number | null) => Promise<void>
  ): Promise<void> {
    try {
      await work();
      const text = typeof done === 'string' ? done : done();
      this.status.say(text, undo && { label: 'Undo', go: () => void undo() });
    } catch (error) {
      this.status.complain(error, conflictOf(error, insist));
    }
    await this.store.look().catch(() => undefined);
  }
}

/** A lost race can be run again from where things stand now. */
function conflictOf(
  error: unknown,
  insist?: (actual: number | null) => Promise<void>
): Way | undefined {
  if (!(error instanceof ApiError) || error.reason !== 'conflict' || !insist) {
    return undefined;
  }
  const { actual } = error.fields;
  if (typeof actual !== 'number' && actual !== null) {
    return undefined;
  }
  return { label: 'Do it anyway', go: () => void insist(actual) };
}
