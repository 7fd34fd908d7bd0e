/** The query parameters that list models and versions. */
import type { Query } from './api';
import type { ViewState } from './view_state';

/**
 * Return the parameters of a page of the list that the state describes.
 *
 * The Python panel builds the same ones to send its first page together with the view.
 */
export function listQuery(state: ViewState, pageSize: number, mainMetric = ''): Query {
  const isVersions = state.view === 'versions';
  return {
    name: state.model_name,
    [isVersions ? 'where' : 'q']: state.query,
    order_by: state.order_by,
    limit: pageSize,
    offset: (state.page - 1) * pageSize,
    include_deleted: state.show_deleted || undefined,
    fold_children: (isVersions && state.fold_children) || undefined,
    metric: isVersions ? undefined : sortedMetric(state.order_by) || mainMetric,
    column: isVersions ? state.columns : undefined
  };
}

/** Return the metric that models are sorted by, which each of them then shows; '' without one. */
function sortedMetric(orderBy: string): string {
  const [, name = '', quoted = ''] = /^-?metrics(?:\.(\w+)|\['(.*)'\])$/.exec(orderBy) ?? [];
  return name || quoted.replace(/\\(.)/g, '$1');
}

/**
 * Return the parameters that list what is below a row, newest first: the versions of the model
 * `name`, or the children of the version `name`, such as `kepler:3`.
 */
export function expandedQuery(
  name: string,
  state: ViewState,
  offset: number,
  limit: number
): Query {
  // The name of a model has no colon.
  const isVersion = name.includes(':');
  return {
    name: isVersion ? undefined : name,
    where: isVersion ? `parent == '${name.replace(/[\\']/g, '\\$&')}'` : state.query,
    order_by: '-version',
    limit,
    offset,
    include_deleted: state.show_deleted || undefined,
    fold_children: (!isVersion && state.fold_children) || undefined,
    column: state.columns
  };
}
