/** A part of the view. */
export interface Component {
  readonly node: HTMLElement;
  /** Stop following the store; the owner removes the node. */
  dispose(): void;
}
