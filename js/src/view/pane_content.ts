/** Shows the selected versions: one with its details, several as a comparison. */
import { ComparisonView } from './comparison/comparison_view';
import type { Component } from './component';
import type { ViewContext } from './context';
import { VersionDetail } from './detail/version_detail';

export function paneContent(context: ViewContext, refs: string[]): Component {
  const [first = ''] = refs;
  return refs.length > 1 ? new ComparisonView(context, refs) : new VersionDetail(context, first);
}
