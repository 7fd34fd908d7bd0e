import { expect, test } from 'vitest';

import {
  isModelName,
  loadingCode,
  modelName,
  referenceOf,
  registeringCode
} from '../../src/notebook/code_snippets';
import { REGISTRY } from '../samples';

const V3 = { name: 'kepler_rf', version: 3 };

test('refers to a version without aliases by its number', () => {
  expect(referenceOf(V3)).toBe('kepler_rf:3');
});

test('refers to a version by its alias, champion before others', () => {
  expect(referenceOf({ ...V3, aliases: ['best'] })).toBe('kepler_rf@best');
  expect(referenceOf({ ...V3, aliases: ['best', 'champion'] })).toBe('kepler_rf@champion');
});

test('loads a version by the path from the notebook to the registry', () => {
  expect(loadingCode(REGISTRY, V3, 'work/run.ipynb')).toBe(
    'from exo_nbregistry import ModelRegistry\n\n' +
      "registry = ModelRegistry('../models/registry')\n" +
      "model, metadata = registry.load_model('kepler_rf:3')\n"
  );
});

test.each([
  ['the root of the server', null, "'models/registry'"],
  ['a notebook beside the registry', 'models/run.ipynb', "'registry'"],
  ['a notebook in the registry', 'models/registry/run.ipynb', "'.'"]
])('writes the path from %s', (_, notebook, path) => {
  expect(loadingCode(REGISTRY, V3, notebook)).toContain(`ModelRegistry(${path})`);
});

test('writes the location of a configured registry as it is', () => {
  const registry = { ...REGISTRY, source: 'configured' as const, location: '/data/registry' };
  expect(loadingCode(registry, V3, 'a/b.ipynb')).toContain("ModelRegistry('/data/registry')");
});

test.each([
  ["it's", '"it\'s"'],
  ['a "b"', `'a "b"'`],
  ['a\\b', "'a\\\\b'"]
])('quotes the path %s as Python does', (location, quoted) => {
  const registry = { ...REGISTRY, source: 'configured' as const, location };
  expect(loadingCode(registry, V3, null)).toContain(`ModelRegistry(${quoted})`);
});

const VETTER = { variable: 'vetter', name: 'vetter', data: {} };

test('registers a variable under its name', () => {
  expect(registeringCode(REGISTRY, VETTER, 'run.ipynb')).toBe(
    'from exo_nbregistry import ModelRegistry\n\n' +
      "registry = ModelRegistry('models/registry')\n" +
      "registry.register_model(model=vetter, model_name='vetter')"
  );
});

test('passes the data in one line if there is room', () => {
  const data = { X: 'X', y: 'y' };
  expect(registeringCode(REGISTRY, { ...VETTER, data }, null)).toContain(
    "registry.register_model(model=vetter, model_name='vetter', X=X, y=y)"
  );
});

test('passes much data in lines of its own', () => {
  const data = { X: 'X_train', y: 'y_train', X_test: 'X_test', y_test: 'y_test' };
  expect(registeringCode(REGISTRY, { ...VETTER, data }, null)).toContain(
    'registry.register_model(\n' +
      "    model=vetter, model_name='vetter',\n" +
      '    X=X_train, y=y_train, X_test=X_test, y_test=y_test,\n' +
      ')'
  );
});

test('creates a registry beside the notebook if there is none', () => {
  expect(registeringCode(null, VETTER, 'run.ipynb')).toContain("ModelRegistry('registry')");
});

test.each([
  ['Best_Model', 'best_model'],
  ['_private_', 'private'],
  ['größe', 'gre'],
  ['__', 'model']
])('names the model of the variable %s', (variable, name) => {
  expect(modelName(variable)).toBe(name);
});

test.each(['a', 'Kepler_RF', 'v1.2-x', '7', 'a'.repeat(64)])('accepts the name %s', name => {
  expect(isModelName(name)).toBe(true);
});

test.each(['', 'my model', '-a', 'a.', 'a..b', 'nul', 'con.x', 'größe', 'a'.repeat(65), "a'b"])(
  'rejects the name %s',
  name => {
    expect(isModelName(name)).toBe(false);
  }
);
