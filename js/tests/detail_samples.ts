/** Details of versions for tests, as the API replies them. */
import type { Comparison, History, Moment, VersionDetail } from '../src/registry/types';

const CREATED: Moment = { text: '2 Jan 03:04', title: '2026-01-02 03:04:05 UTC' };
const ENABLED = { enabled: true, why: null };

const HEAD = {
  name: 'kepler_rf',
  algorithm: 'LogisticRegression',
  status: 'active',
  aliases: [{ alias: 'champion', protected: true }],
  created: CREATED,
  trust: { status: 'yours', text: 'signed by you', title: 'SHA256:abc' },
  loads: { ok: true, text: 'It can be loaded here.' },
  description: [['p', {}, 'A ', ['strong', {}, 'honest'], ' model']],
  card: [['h1', {}, 'kepler_rf']]
} satisfies Partial<VersionDetail>;

const FACTS = {
  metrics: [
    {
      name: 'f1_score',
      title: 'f1_score (of CONFIRMED)',
      text: '0.910',
      value: 0.91,
      higher_is_better: true
    },
    { name: 'mae', title: 'mae', text: '61353.9', value: 61353.9097, higher_is_better: false }
  ],
  hyperparameters: [
    { name: 'clf__C', text: '10', changed: true },
    { name: 'clf__tol', text: '0.0001', changed: false }
  ],
  tags: [{ name: 'team', value: 'vetting', text: 'vetting' }],
  notes: [{ author: 'ada', at: CREATED, body: [['p', {}, 'Approved']], source: 'Approved' }],
  sections: [{ title: 'Results', rows: [['verdict', 'good']] }]
} satisfies Partial<VersionDetail>;

const ORIGIN = {
  provenance: {
    rows: [['user', 'ada']],
    notebook_path: 'work/train.ipynb',
    cell_number: 4,
    cell_source: 'model.fit(X, y)',
    definitions: null
  },
  signature: {
    columns: [{ name: 'koi_period', dtype: 'float64', range: '0.2 to 1071' }],
    classes: ['CONFIRMED', 'FALSE POSITIVE']
  },
  lineage: {
    parent: { model_id: 'kepler_rf:1', text: 'f1_score 0.880', is_deleted: false },
    children: { total: 0, items: [] },
    data: {
      name: 'kepler',
      rows: '7,326',
      sha256: '0123456789ab',
      same_data: {
        total: 1,
        items: [{ model_id: 'churn:2', text: '@shadow', is_deleted: true }]
      }
    },
    notebook: { path: 'work/train.ipynb', cell: 4 }
  },
  use: [
    {
      title: 'Load',
      language: 'python',
      code: "model, metadata = registry.load_model('kepler_rf@champion')"
    },
    {
      title: 'Command line',
      language: 'shell',
      code: 'exo-nbregistry predict kepler_rf@champion rows.csv'
    }
  ],
  reference: 'kepler_rf@champion',
  load: "model, metadata = registry.load_model('kepler_rf@champion')",
  code:
    'from exo_nbregistry import ModelRegistry\n\n' +
    "registry = ModelRegistry('models/registry')\n" +
    "model, metadata = registry.load_model('kepler_rf@champion')\n",
  attachments: [
    { name: 'trials', kind: 'trials', format: 'json', size: '12.3 kB', preview: true },
    { name: 'weights', kind: 'file', format: 'npz', size: '175.9 kB', preview: false }
  ],
  plots: [
    { kind: 'metric', title: 'Metric over versions' },
    { kind: 'roc', title: 'ROC curve' }
  ],
  actions: {
    set_alias: ENABLED,
    tag: ENABLED,
    note: ENABLED,
    delete: ENABLED,
    restore: { enabled: false, why: 'kepler_rf:3 is not deleted.' },
    export: ENABLED,
    open_notebook: ENABLED
  }
} satisfies Partial<VersionDetail>;

/** Return the details of a version. */
export function detail(number = 3, changes: Partial<VersionDetail> = {}): VersionDetail {
  return {
    ...HEAD,
    ...FACTS,
    ...ORIGIN,
    model_id: `kepler_rf:${number}`,
    version: number,
    ...changes
  };
}

export const HISTORY: History = {
  total: 2,
  events: [
    {
      action: 'register',
      version: 3,
      at: '2026-01-02T03:04:05+00:00',
      actor: 'ada',
      text: 'kepler_rf:3 was registered',
      when: CREATED,
      who: 'ada'
    },
    {
      action: 'alias',
      version: 3,
      at: '2026-01-03T03:04:05+00:00',
      actor: 'ada',
      text: '@champion was moved from 2 to 3',
      when: CREATED,
      who: 'ada'
    }
  ]
};

export const COMPARISON: Comparison = {
  heads: [
    { model_id: 'kepler_rf:1', aliases: [], created: CREATED, is_deleted: false },
    { model_id: 'kepler_rf:3', aliases: ['champion'], created: CREATED, is_deleted: false }
  ],
  n_same: 25,
  sections: [
    {
      title: 'Metrics',
      rows: [
        {
          field: 'metrics.f1_score',
          title: 'f1_score',
          values: [
            { value: 0.88, text: '0.880' },
            { value: 0.91, text: '0.910' }
          ],
          changes: [null, { delta: '+0.030', verdict: 'better' }]
        },
        {
          field: 'metrics.mae',
          title: 'mae',
          values: [null, { value: 61353.9, text: '61353.9' }],
          changes: [null, null]
        }
      ]
    },
    {
      title: 'Hyperparameters',
      rows: [
        {
          field: 'hyperparameters.C',
          title: 'C',
          values: [{ text: '1' }, { text: '10' }],
          changes: [null, { delta: '', verdict: null }]
        }
      ]
    }
  ],
  plots: [{ kind: 'metric', title: 'Metric over versions' }]
};
