/** What the server is asked for models and versions. */
import { Query } from './api';
import { Preferences } from '../application/preferences';
import { Order } from './types';

/** What a view looks for. */
export interface Wish {
  query: string;
  order: Order;
  deleted: boolean;
  metric: string | undefined;
  preferences: Preferences;
}

/** The parameters for models; sorted by a metric, it has to be named. */
export function ofModels({ query, order, metric, preferences }: Wish): Query {
  const byMetric = order.endsWith('metric');
  return {
    q: query,
    order_by: byMetric && metric === undefined ? 'name' : order,
    metric: byMetric ? metric : preferences.mainMetric
  };
}

/** The parameters for the versions of a model, newest first. */
export function ofVersions(name: string, { query, deleted }: Wish): Query {
  return { name, where: query, order_by: '-version', include_deleted: deleted };
}
