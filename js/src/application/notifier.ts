/** Reports what a command did, where the view that it applies to may be hidden. */
import { Notification } from '@jupyterlab/apputils';

import { errorMessage } from '../registry/api_error';

const DURATION_MS = 6000;

export function notify(text: string): void {
  Notification.info(text, { autoClose: DURATION_MS });
}

/** Report why a command could not do what the user asked for. */
export function notifyProblem(problem: unknown): void {
  Notification.warning(errorMessage(problem), { autoClose: DURATION_MS });
}
