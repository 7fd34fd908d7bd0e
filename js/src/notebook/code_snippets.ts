/** Python code that loads a version or registers a model, the same as the server's `code`. */
import { PathExt } from '@jupyterlab/coreutils';

import type { RegistryInfo, VersionKey } from '../registry/types';
import type { DataArguments } from './find_data';

const PREFERRED_ALIAS = 'champion';
const MAX_LINE = 88;
const NAME = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/i;
const DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?$/i;

/** A version, with its aliases if they are known. */
export type Referable = VersionKey & { aliases?: readonly string[] };

/** Return the reference to load a version by: an alias, if it has one. */
export function referenceOf({ name, version, aliases = [] }: Referable): string {
  const alias = aliases.includes(PREFERRED_ALIAS) ? PREFERRED_ALIAS : aliases[0];
  return alias === undefined ? `${name}:${version}` : `${name}@${alias}`;
}

/** Return the code that loads a version. `notebook` is a path; null is the server's root. */
export function loadingCode(
  registry: RegistryInfo,
  version: Referable,
  notebook: string | null
): string {
  const reference = pythonString(referenceOf(version));
  return `${openingCode(registry, notebook)}model, metadata = registry.load_model(${reference})\n`;
}

/** A model to register: its variable, its name in the registry, and its data. */
export interface Registration {
  variable: string;
  name: string;
  data: DataArguments;
}

/** Return the code that registers a variable. */
export function registeringCode(
  registry: RegistryInfo | null,
  { variable, name, data }: Registration,
  notebook: string | null
): string {
  const model = `model=${variable}, model_name=${pythonString(name)}`;
  const passed = Object.entries(data).map(([argument, code]) => `${argument}=${code}`);
  const line = `registry.register_model(${[model, ...passed].join(', ')})`;
  const lines = `registry.register_model(\n    ${model},\n    ${passed.join(', ')},\n)`;
  const isShort = passed.length === 0 || line.length <= MAX_LINE;
  return openingCode(registry, notebook) + (isShort ? line : lines);
}

function openingCode(registry: RegistryInfo | null, notebook: string | null): string {
  const folder = notebook === null ? '' : PathExt.dirname(notebook);
  const path = registry === null ? 'registry' : pathTo(registry, folder);
  return (
    'from exo_nbregistry import ModelRegistry\n\n' +
    `registry = ModelRegistry(${pythonString(path)})\n`
  );
}

function pathTo(registry: RegistryInfo, folder: string): string {
  if (registry.source === 'configured') {
    return registry.location;
  }
  const location = registry.location === '.' ? '' : registry.location;
  return PathExt.relative(`/${folder}`, `/${location}`) || '.';
}

/** Quote text as Python's `repr` does. */
function pythonString(text: string): string {
  const quoted = JSON.stringify(text);
  return text.includes("'") ? quoted : `'${quoted.slice(1, -1).replace(/\\"/g, '"')}'`;
}

/** Convert the name of a variable to the name of a model. */
export function modelName(variable: string): string {
  const name = variable
    .toLowerCase()
    .replace(/[^a-z0-9._-]/g, '')
    .slice(0, 64);
  return name.replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '') || 'model';
}

/** Return whether a registry accepts a name of a model. Source: exo_nbregistry/values/reference.py. */
export function isModelName(name: string): boolean {
  return NAME.test(name) && !name.includes('..') && !DEVICE.test(name);
}
