import type { VersionDetail as Detail } from '../../registry/types';

/** A part of the detail of one version. */
export interface DetailPart {
  readonly node: HTMLElement;
  /** Show a version, also after it changed. */
  update(detail: Detail): void;
  dispose?(): void;
}
