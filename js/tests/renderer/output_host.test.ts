import type { JupyterFrontEnd } from '@jupyterlab/application';
import { expect, test } from 'vitest';

import { findOutputHost } from '../../src/renderer/output_host';

const NODE = document.createElement('div');

function shellOf(...widgets: object[]): JupyterFrontEnd.IShell {
  return { widgets: () => widgets[Symbol.iterator]() } as unknown as JupyterFrontEnd.IShell;
}

function nodeWith(...children: Node[]): HTMLElement {
  const node = document.createElement('div');
  node.append(...children);
  return node;
}

test('finds the notebook that contains an output', () => {
  const notebook = {
    node: nodeWith(NODE),
    content: { rendermime: 'of the notebook' },
    sessionContext: 'session'
  };
  const shell = shellOf({ node: nodeWith() }, notebook);
  expect(findOutputHost(shell, NODE)).toEqual({
    rendermime: 'of the notebook',
    sessionContext: 'session'
  });
});

test('finds the console that contains an output', () => {
  const console = { rendermime: 'of the console', sessionContext: 'session' };
  const shell = shellOf({ node: nodeWith(NODE), content: {}, console });
  expect(findOutputHost(shell, NODE)).toEqual(console);
});

test('finds nothing for an output elsewhere', () => {
  expect(findOutputHost(shellOf({ node: nodeWith() }), NODE)).toBeNull();
});
