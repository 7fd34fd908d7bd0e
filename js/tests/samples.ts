/** Registries, models and versions for tests, as the API replies them. */
import type {
  Column,
  Field,
  Indexing,
  ModelItem,
  ModelPage,
  RegistryHead,
  RegistryInfo,
  VersionItem,
  VersionPage
} from '../src/registry/types';
import type { Reply } from './fake_server';

export { COMPARISON, HISTORY, detail } from './detail_samples';

export const REGISTRY: RegistryInfo = {
  id: 'r1',
  name: 'registry',
  location: 'models/registry',
  source: 'root',
  writable: true
};

export const OTHER_REGISTRY: RegistryInfo = {
  id: 'r2',
  name: 'team',
  location: '/shared/team',
  source: 'configured',
  writable: false
};

export const INDEXING: Indexing = { read: 3400, total: 20000 };

export const FIELDS: Field[] = [
  field('name', 'text', 'version', { values: ['kepler_rf', 'churn'] }),
  field('algorithm', 'text', 'version', {
    values: ['LogisticRegression', 'RandomForestClassifier']
  }),
  field('aliases', 'alias', 'version', { values: ['champion', 'shadow'], sortable: false }),
  field('created_at', 'time', 'version', { label: 'registered', default_column: true }),
  field('metrics.f1_score', 'number', 'metrics', {
    label: 'f1_score',
    higher_is_better: true,
    default_column: true
  }),
  field('metrics.log_loss', 'number', 'metrics', { label: 'log_loss', higher_is_better: false }),
  field('hyperparameters.C', 'number', 'hyperparameters', { label: 'C' }),
  field('tags.team', 'tag', 'tags', { label: 'team', values: ['vetting', 'ops'] })
];

export const COLUMNS: Column[] = [
  column('metrics.f1_score', 'f1_score', { align: 'right', higher_is_better: true }),
  column('algorithm', 'algorithm', { kind: 'text' }),
  column('created_at', 'registered', { kind: 'time' })
];

export function field(
  name: string,
  kind: Field['kind'],
  group: Field['group'],
  changes: Partial<Field> = {}
): Field {
  return { name, label: name, kind, group, sortable: true, default_column: false, ...changes };
}

export function column(name: string, title: string, changes: Partial<Column> = {}): Column {
  return {
    name,
    title,
    kind: 'number',
    align: 'left',
    higher_is_better: null,
    sorted: null,
    ...changes
  };
}

export function head(changes: Partial<RegistryHead> = {}): RegistryHead {
  return {
    id: 'r1',
    name: 'registry',
    location: 'models/registry',
    writable: true,
    why_read_only: null,
    counts: { models: 2, versions: 5, deleted: 1 },
    signer: { name: 'ada', fingerprint: 'SHA256:abc' },
    trust: { text: 'Trusts 2 other signers', title: 'ben, eva' },
    format_version: 1,
    ...changes
  };
}

export function version(number = 1, changes: Partial<VersionItem> = {}): VersionItem {
  return {
    model_id: `kepler_rf:${number}`,
    name: 'kepler_rf',
    version: number,
    algorithm: 'LogisticRegression',
    aliases: [],
    tags: {},
    metrics: { f1_score: 0.5 },
    default_metric: 'f1_score',
    scoring: null,
    status: 'active',
    created_at: '2026-01-02T03:04:05+00:00',
    cells: [
      { value: 0.5, text: '0.500' },
      { text: 'LogisticRegression' },
      { text: '2 Jan 03:04', title: '2026-01-02 03:04:05 UTC' }
    ],
    main_metric: { name: 'f1_score', title: 'f1_score', text: '0.500', value: 0.5 },
    created: { text: '2 Jan 03:04', title: '2026-01-02 03:04:05 UTC' },
    n_children: 0,
    trend: [],
    is_deleted: false,
    ...changes
  };
}

export function model(name = 'kepler_rf', changes: Partial<ModelItem> = {}): ModelItem {
  return {
    name,
    latest: 3,
    versions: 3,
    n_deleted: 0,
    aliases: {},
    metric: {
      name: 'f1_score',
      title: 'f1_score',
      scoring: '',
      text: '0.500',
      value: 0.5,
      higher_is_better: true,
      series: [
        [1, 0.4],
        [3, 0.5]
      ]
    },
    registered_at: '2026-01-02T03:04:05+00:00',
    registered: { text: '2 Jan 03:04', title: '2026-01-02 03:04:05 UTC' },
    cells: [{ value: 0.5, text: '0.500' }, { text: 'LogisticRegression' }, { text: '2 Jan 03:04' }],
    ...changes
  };
}

export function versionPage(
  items: VersionItem[] = [version(3), version(2), version(1)],
  changes: Partial<VersionPage> = {}
): VersionPage {
  const total = items.length;
  return { total, items, columns: COLUMNS, hints: [], message: null, ...changes };
}

export function modelPage(
  items: ModelItem[] = [model('kepler_rf'), model('churn')],
  changes: Partial<ModelPage> = {}
): ModelPage {
  const total = items.length;
  return { total, items, columns: COLUMNS, hints: [], message: null, ...changes };
}

/** Replies of a registry, for a FakeServer. */
export function replies(
  models: ModelPage = modelPage(),
  versions: VersionPage = versionPage()
): Record<string, Reply> {
  return {
    'GET /registries': { registries: [REGISTRY] },
    'GET /registries/r1': { ...head() },
    'GET /registries/r1/models': { ...models },
    'GET /registries/r1/versions': { ...versions },
    'GET /registries/r1/fields': { fields: FIELDS },
    'GET /registries/r1/indexing': { read: null, total: null }
  };
}
