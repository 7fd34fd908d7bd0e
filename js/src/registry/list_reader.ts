/** Reads what a view shows of a registry. */
import type { Api, Tagged } from './api';
import { expandedQuery, listQuery } from './list_query';
import type { ModelPage, RegistryHead, VersionPage } from './types';
import type { ViewState } from './view_state';

const MAX_PAGE_SIZE = 500;

/** Where a list is read from, and how much of it. */
export interface ListSource {
  readonly api: Api;
  readonly state: ViewState;
  readonly pageSize: number;
  readonly mainMetric: string;
  readonly expanded: ReadonlyMap<string, VersionPage>;
  route(...parts: string[]): string[];
}

/** One state of a registry, as the view shows it. */
export interface ListReply {
  /** Null if the registry still has the known state. */
  head: RegistryHead | null;
  rows: VersionPage | ModelPage;
  expanded: [string, VersionPage][];
  etag: string | null;
}

/**
 * Read the head, a page of the list, and as many versions of expanded models as are shown.
 *
 * With the ETag of the known state, the head is read only if the list has another one.
 */
export async function readList(
  source: ListSource,
  signal: AbortSignal,
  known: string | null
): Promise<ListReply> {
  const { expanded, pageSize } = source;
  const extents = [...expanded].map(([name, { items }]): [string, number] => [
    name,
    Math.min(Math.max(items.length, pageSize), MAX_PAGE_SIZE)
  ]);
  const readHead = () => source.api.get<RegistryHead>(source.route(), {}, signal);
  const [first, { value: rows, etag }, ...versions] = await Promise.all([
    known === null ? readHead() : null,
    readPage(source, signal),
    ...extents.map(async ([name, limit]): Promise<[string, VersionPage]> => {
      return [name, await readExpanded(source, name, 0, limit, signal)];
    })
  ]);
  const isKnown = known !== null && etag === known;
  return { head: first ?? (isKnown ? null : await readHead()), rows, expanded: versions, etag };
}

/** Read some versions of a model. */
export function readExpanded(
  source: ListSource,
  name: string,
  offset: number,
  limit: number,
  signal: AbortSignal
): Promise<VersionPage> {
  const query = expandedQuery(name, source.state, offset, limit);
  return source.api.get(source.route('versions'), query, signal);
}

function readPage(
  source: ListSource,
  signal: AbortSignal
): Promise<Tagged<VersionPage | ModelPage>> {
  const { state, pageSize, mainMetric } = source;
  return source.api.getTagged(
    source.route(state.view),
    listQuery(state, pageSize, mainMetric),
    signal
  );
}
