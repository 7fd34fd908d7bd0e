/** Opens the form of an action of a version from another part of the view, such as a menu. */
import type { ViewContext } from './context';

export type ActionName = 'set_alias' | 'tag' | 'note' | 'delete' | 'restore';

interface ActionRequest {
  ref: string;
  action: ActionName;
}

const KEY = 'action-request';

/** Select a version, and ask its actions to show a form. */
export function requestAction(context: ViewContext, ref: string, action: ActionName): void {
  const request: ActionRequest = { ref, action };
  context.memory.set(KEY, request);
  context.store.select(ref, 'only');
  // If the version was selected before, the store has not changed.
  context.store.changed.emit();
}

/** Return the action that was requested for a version, once; otherwise null. */
export function takeActionRequest(context: ViewContext, ref: string): ActionName | null {
  const request = context.memory.get(KEY) as ActionRequest | undefined;
  if (request?.ref !== ref) {
    return null;
  }
  context.memory.delete(KEY);
  return request.action;
}
