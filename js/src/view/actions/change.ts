/** Changes of a registry as requests, which can be previewed, sent and undone. */
import { ApiError } from '../../registry/api_error';
import type { Change as Reply, Preview, Undo } from '../../registry/types';
import type { ViewContext } from '../context';

export interface Change {
  method: 'POST' | 'PUT' | 'DELETE';
  /** Below the registry, such as `['models', 'kepler', 'aliases', 'champion']`. */
  path: string[];
  body: Record<string, unknown>;
}

/** The joint effect of several changes. */
export interface Plan {
  /** The changes with the bodies that make exactly the displayed ones. */
  changes: Change[];
  code: string;
  messages: string[];
  warnings: string[];
}

/** The changes that were made before an error, if there was one. */
export interface Outcome {
  messages: string[];
  undos: Undo[];
  /** The changes that were not applied, beginning with the one that failed. */
  left: Change[];
  error: unknown;
}

const MAX_CODE_LINES = 20;

/** Request the effect of changes without making them. */
export async function previewChanges(
  context: ViewContext,
  route: string[],
  changes: readonly Change[]
): Promise<Plan> {
  const previews = await Promise.all(
    changes.map(({ method, path, body }) =>
      context.api.send<Preview>(method, [...route, ...path], { ...body, preview: true })
    )
  );
  const codes = previews.map(({ code }) => code);
  const rest = codes.length - MAX_CODE_LINES;
  return {
    changes: changes.map((change, index) => ({
      ...change,
      body: { ...change.body, ...previews[index]?.body }
    })),
    code: [...codes.slice(0, MAX_CODE_LINES), ...(rest > 0 ? [`# … ${rest} more`] : [])].join('\n'),
    messages: previews.map(({ message }) => message),
    warnings: [...new Set(previews.flatMap(({ warnings }) => warnings))]
  };
}

/** Apply the changes in order, until one fails. */
export async function applyChanges(
  context: ViewContext,
  route: string[],
  changes: readonly Change[]
): Promise<Outcome> {
  const outcome: Outcome = { messages: [], undos: [], left: [...changes], error: null };
  for (const { method, path, body } of changes) {
    try {
      const reply = await context.api.send<Reply>(method, [...route, ...path], body);
      outcome.messages.push(reply.message);
      outcome.undos.unshift(...(reply.undo ? [reply.undo] : []));
      outcome.left.shift();
    } catch (error) {
      outcome.error = error;
      break;
    }
  }
  return outcome;
}

/** Return changes that are applied although the first one failed, or null if none are. */
export function forcedChanges(error: unknown, left: readonly Change[]): Change[] | null {
  const [failed, ...others] = left;
  if (!(error instanceof ApiError) || failed === undefined) {
    return null;
  }
  if (error.reason === 'protected') {
    return [{ ...failed, body: { ...failed.body, force: true } }, ...others];
  }
  const { actual } = error.fields;
  if (error.reason === 'conflict' && (typeof actual === 'number' || actual === null)) {
    return [{ ...failed, body: { ...failed.body, expected: actual } }, ...others];
  }
  return null;
}

/** Report what was done, with a button that undoes it. */
export function reportOutcome(context: ViewContext, route: string[], outcome: Outcome): void {
  const { status, trans } = context;
  const { messages, undos } = outcome;
  const [first = '', ...others] = messages;
  const rest = others.length;
  const text = rest > 0 ? trans._n('%2 And %1 more.', '%2 And %1 more.', rest, first) : first;
  const undo = { label: trans.__('Undo'), run: () => void undoChanges(context, route, undos) };
  status.report(text, undos.length > 0 ? undo : undefined);
}

async function undoChanges(
  context: ViewContext,
  route: string[],
  undos: readonly Undo[]
): Promise<void> {
  const changes = undos.map(({ method, path, body }) => ({
    method,
    path: pathBelow(route, path),
    body: body ?? {}
  }));
  const outcome = await applyChanges(context, route, changes);
  if (outcome.error === null) {
    reportOutcome(context, route, outcome);
  } else {
    const forced = forcedChanges(outcome.error, outcome.left);
    const { trans, status } = context;
    const again = forced && {
      label: trans.__('Apply anyway'),
      run: () => void applyAnyway(context, route, forced)
    };
    status.reportError(outcome.error, again ?? undefined);
  }
  await readAgain(context);
}

async function applyAnyway(
  context: ViewContext,
  route: string[],
  changes: readonly Change[]
): Promise<void> {
  const outcome = await applyChanges(context, route, changes);
  if (outcome.error === null) {
    reportOutcome(context, route, outcome);
  } else {
    context.status.reportError(outcome.error);
  }
  await readAgain(context);
}

/** Show what was changed. */
export async function readAgain({ store }: ViewContext): Promise<void> {
  // The store keeps the error, and the view shows it.
  await store.poll().catch(() => undefined);
}

/** Return the parts of a path of the API below a registry. */
function pathBelow(route: readonly string[], path: string): string[] {
  const parts = path
    .split('/')
    .filter(part => part !== '')
    .map(decodeURIComponent);
  return parts[0] === 'registries' ? parts.slice(route.length) : parts;
}
