import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    environment: 'happy-dom',
    // Metrics are shown in the reader's time zone; tests need a known one.
    env: { TZ: 'UTC' },
    clearMocks: true,
    restoreMocks: true,
    // One page for all files: starting one for each takes most of the time.
    isolate: false,
    // JupyterLab's packages are ES modules without `"type": "module"`, which Node cannot import.
    server: { deps: { inline: [/@jupyterlab\//, /@jupyter\//] } }
  }
});
