/** The choices of the user in a view. In a notebook these are the traits of the Python panel. */
export interface ViewState {
  /** The ID of the registry; null before one is chosen. */
  registry: string | null;
  /** Words and filters. */
  query: string;
  view: 'models' | 'versions';
  /** List only the versions of this model; '' lists all. */
  model_name: string;
  /** A field, with `-` before it for descending order; '' is the default order. */
  order_by: string;
  /** From 1. */
  page: number;
  /** Names of columns; empty for suitable ones. */
  columns: string[];
  show_deleted: boolean;
  fold_children: boolean;
  /** IDs such as `kepler:3`, in the order in which they were selected. */
  selected: string[];
}

export type StateChange = Partial<ViewState>;

const INITIAL_STATE: ViewState = {
  registry: null,
  query: '',
  view: 'models',
  model_name: '',
  order_by: '',
  page: 1,
  columns: [],
  show_deleted: false,
  fold_children: true,
  selected: []
};

// The first page belongs to these, and another list starts at its first page.
const LIST_FIELDS = [
  'registry',
  'query',
  'view',
  'model_name',
  'order_by',
  'show_deleted',
  'fold_children'
] as const;

// Sort fields of models that versions do not have.
const OF_MODELS = ['versions', 'n_versions', 'metric'];

/** Return a state with defaults for the fields that `given` lacks. */
export function initialState(given: StateChange = {}): ViewState {
  return { ...INITIAL_STATE, ...given };
}

/** Return the fields that `change` changes in `state`, and the changes that follow from them. */
export function effectOf(state: ViewState, change: StateChange): StateChange {
  const effect = differenceTo(state, change);
  const isOther = (name: keyof ViewState) => name in effect;
  if (isOther('registry')) {
    Object.assign(effect, forOtherRegistry(change));
  }
  if (isOther('view') && !('order_by' in change)) {
    effect.order_by = orderIn(effect.view ?? state.view, state.order_by);
  }
  if (LIST_FIELDS.some(isOther) && !('page' in change)) {
    effect.page = 1;
  }
  return differenceTo(state, effect);
}

/**
 * Return the sort order that a list takes over from the other one. Models are sorted by the fields
 * of their latest version too, but versions not by all fields of models.
 */
function orderIn(view: ViewState['view'], order: string): string {
  const sign = order.startsWith('-') ? '-' : '';
  const field = order.slice(sign.length);
  if (view === 'models') {
    return order;
  }
  if (field === 'registered_at') {
    return `${sign}created_at`;
  }
  return OF_MODELS.includes(field) ? '' : order;
}

/** Whether a change requires another list. */
export function changesList(change: StateChange): boolean {
  return 'page' in change || 'columns' in change || LIST_FIELDS.some(name => name in change);
}

/** Nothing of one registry is shown beside another's. */
function forOtherRegistry(change: StateChange): StateChange {
  return { query: '', model_name: '', order_by: '', columns: [], selected: [], ...change };
}

function differenceTo(state: ViewState, change: StateChange): StateChange {
  const entries = Object.entries<unknown>(change).filter(
    ([name, value]) =>
      value !== undefined &&
      JSON.stringify(value) !== JSON.stringify(state[name as keyof ViewState])
  );
  return Object.fromEntries(entries);
}
