/** Python code that loads a version or registers a model, the same as the server's `code`. */
import { PathExt } from '@jupyterlab/coreutils';

import type { RegistryInfo, VersionItem } from '../registry/types';

const PREFERRED_ALIAS = 'champion';

type Referable = Pick<VersionItem, 'model_id' | 'aliases'>;

/** Return the reference to load a version by: an alias, if it has one. */
export function referenceOf({ aliases, model_id }: Referable): string {
  const alias = aliases.includes(PREFERRED_ALIAS) ? PREFERRED_ALIAS : aliases[0];
  const separator = model_id.indexOf(':');
  return alias === undefined ? model_id : `${model_id.slice(0, separator)}@${alias}`;
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

/** Return the code that registers a variable. */
export function registeringCode(
  registry: RegistryInfo | null,
  variable: string,
  notebook: string | null
): string {
  const name = pythonString(modelName(variable));
  const call = `registry.register_model(model=${variable}, model_name=${name})`;
  return openingCode(registry, notebook) + call;
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

/** Turn the name of a variable into the name of a model. */
function modelName(variable: string): string {
  const name = variable
    .toLowerCase()
    .replace(/[^a-z0-9._-]/g, '')
    .slice(0, 64);
  return name.replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '') || 'model';
}
