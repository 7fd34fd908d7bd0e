/**
 * Builds the view as one ES module and one style sheet, for front ends without the extension.
 *
 * The package sends them with a panel if anywidget is installed in VS Code or Colab.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { rspack } from '@rspack/core';

const root = dirname(fileURLToPath(import.meta.url));
const target = join(root, '..', 'exo_nbregistry', 'panels', 'static');
const IMPORT = /@import\s+(?:url\()?['"]([^'"]+)['"]\)?;/g;

/** Return a style sheet with its imports in their places. */
function inlined(path) {
  return readFileSync(path, 'utf8').replace(IMPORT, (_, name) =>
    inlined(join(dirname(path), name))
  );
}

const compiler = rspack({
  mode: 'production',
  context: root,
  entry: './lib/anywidget.js',
  output: {
    path: target,
    filename: 'view.js',
    module: true,
    chunkFormat: 'module',
    library: { type: 'module' }
  },
  experiments: { outputModule: true },
  optimization: { moduleIds: 'natural', chunkIds: 'natural' },
  performance: { hints: false }
});
compiler.run((error, stats) => {
  if (error ?? stats.hasErrors()) {
    console.error(error ?? stats.toString());
    process.exitCode = 1;
  }
});
mkdirSync(target, { recursive: true });
writeFileSync(join(target, 'view.css'), inlined(join(root, 'style', 'index.css')));
