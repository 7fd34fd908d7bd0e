/** The query parameters with which models and versions are listed. */
import type { Query } from './api';
import type { Order } from './old_types';

/** The state of a list. */
export interface ListState {
  query: string;
  order: Order;
  includeDeleted: boolean;
  /** The metric that the list shows now. */
  metric: string | undefined;
  /** The metric that the user has chosen, or ''. */
  mainMetric: string;
}

/** Return the parameters that list models. */
export function modelsQuery({ query, order, metric, mainMetric }: ListState): Query {
  const byMetric = order.endsWith('metric');
  return {
    q: query,
    // The server refuses to sort by a metric that is not named.
    order_by: byMetric && metric === undefined ? 'name' : order,
    metric: byMetric ? metric : mainMetric
  };
}

/** Return the parameters that list the versions of a model, newest first. */
export function versionsQuery(name: string, { query, includeDeleted }: ListState): Query {
  return { name, where: query, order_by: '-version', include_deleted: includeDeleted };
}
