/** Python that loads a version or registers a model, as the server's own `code` says it. */
import { PathExt } from '@jupyterlab/coreutils';

import { Place, VersionItem } from '../registry/types';

const FIRST_ALIAS = 'champion';

type Named = Pick<VersionItem, 'model_id' | 'aliases'>;

/** The reference to load a version by: an alias if it has one. */
export function referenceOf(version: Named): string {
  const { aliases, model_id } = version;
  if (aliases.length === 0) {
    return model_id;
  }
  const alias = aliases.includes(FIRST_ALIAS) ? FIRST_ALIAS : aliases[0]!;
  return `${model_id.split(':')[0]}@${alias}`;
}

/** The code that loads a version, for a notebook at a path, or for one in the server's root. */
export function loadingCode(place: Place, version: Named, notebook: string | null): string {
  const reference = literal(referenceOf(version));
  return `${opening(place, notebook)}model, metadata = registry.load_model(${reference})\n`;
}

/** The code that registers a variable. */
export function registeringCode(
  place: Place | null,
  variable: string,
  notebook: string | null
): string {
  const name = literal(modelName(variable));
  return `${opening(place, notebook)}registry.register_model(model=${variable}, model_name=${name})`;
}

function opening(place: Place | null, notebook: string | null): string {
  const folder = notebook === null ? '' : PathExt.dirname(notebook);
  const path = place === null ? 'registry' : pathTo(place, folder);
  return (
    'from exo_nbregistry import ModelRegistry\n\n' + `registry = ModelRegistry(${literal(path)})\n`
  );
}

function pathTo(place: Place, folder: string): string {
  if (place.source === 'configured') {
    return place.location;
  }
  const location = place.location === '.' ? '' : place.location;
  return PathExt.relative(`/${folder}`, `/${location}`) || '.';
}

/** A text as Python's `repr` writes it. */
function literal(text: string): string {
  const quoted = JSON.stringify(text);
  return text.includes("'") ? quoted : `'${quoted.slice(1, -1).replace(/\\"/g, '"')}'`;
}

/** A variable's name as the name of a model. */
function modelName(variable: string): string {
  const name = variable.toLowerCase().replace(/[^a-z0-9._-]/g, '').slice(0, 64);
  return name.replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '') || 'model';
}
