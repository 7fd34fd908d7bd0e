/** Where components report the result of an action. */

/** A button beside a message. */
export interface StatusAction {
  label: string;
  run: () => void;
}

/** Shows the result of the last action to the user. */
export interface StatusReporter {
  report(text: string, action?: StatusAction): void;
  reportError(error: unknown, action?: StatusAction): void;
}
