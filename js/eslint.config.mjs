import jupyter from '@jupyter/eslint-plugin';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

// A folder imports only from the folders below it, so that any page can show view/ and registry/:
// they import neither JupyterLab nor Lumino nor ipywidgets.
const PARTS = ['widgets', 'notebook', 'notebook_widget', 'renderer', 'application'];
const HOSTS = ['@jupyterlab/*', '@jupyter-widgets/*'];
const LAYERS = {
  transport: ['registry', 'view', ...PARTS],
  registry: [...HOSTS, '@lumino/*', 'view', ...PARTS],
  view: [...HOSTS, '@lumino/*', ...PARTS],
  notebook_widget: ['widgets', 'notebook', 'renderer', 'application'],
  widgets: ['@jupyterlab/*', 'transport', 'notebook', 'renderer', 'application'],
  notebook: ['transport', 'view', 'widgets', 'renderer', 'application'],
  renderer: ['transport', 'registry', 'view', 'widgets', 'notebook', 'application']
};

function layer([folder, above]) {
  const group = above.map(name => (name.startsWith('@') ? name : `../${name}/*`));
  return {
    files: [`src/${folder}/**/*.ts`],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [{ group, message: `src/${folder} must not import from the folders above it.` }]
        }
      ]
    }
  };
}

export default defineConfig(
  globalIgnores(['.yarn/', 'lib/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  jupyter.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      'max-lines': ['error', 300],
      'max-lines-per-function': ['error', 60],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Text is shown as it is: '' falls back to the next text, as null does.
      '@typescript-eslint/prefer-nullish-coalescing': [
        'error',
        { ignorePrimitives: { string: true } }
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Lumino calls a slot with its `this` argument, which this rule does not know.
      '@typescript-eslint/unbound-method': 'off'
    }
  },
  ...Object.entries(LAYERS).map(layer),
  {
    files: ['src/index.ts'],
    rules: {
      // A renderer must be there before the first output is drawn.
      'jupyter/prefer-lazy-imports': ['warn', { ignoreImports: ['./renderer/panel_renderer'] }]
    }
  },
  {
    files: ['tests/**/*.ts'],
    rules: {
      // A test fails where an element is missing, with or without this rule.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Tests expect the English texts.
      'jupyter/no-untranslated-string': 'off'
    }
  }
);
