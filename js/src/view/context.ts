/** The objects that all components of a view share. */
import type { Api } from '../registry/api';
import type { Store } from '../registry/store';
import type { Host } from './host';
import type { StatusReporter } from './status_reporter';
import type { Trans } from './translator';

export interface ViewContext {
  readonly api: Api;
  readonly store: Store;
  readonly host: Host;
  readonly trans: Trans;
  readonly status: StatusReporter;
  /** Values that outlive a component, such as which sections are open, by its own key. */
  readonly memory: Map<string, unknown>;
}
