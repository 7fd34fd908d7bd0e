/** The attachments of a version, with previews and downloads. Nothing of them is executed. */
import { errorMessage } from '../../registry/api_error';
import type { Attachment, AttachmentPreview, VersionDetail } from '../../registry/types';
import type { ViewContext } from '../context';
import { button, errorText, h } from '../dom';
import { icon } from '../icons';
import { previewNode } from './attachment_preview';
import { DetailSection } from './detail_section';
import type { DetailPart } from './part';

export class AttachmentsPart implements DetailPart {
  constructor(
    private readonly context: ViewContext,
    private readonly name: string,
    private readonly version: number
  ) {
    const title = context.trans.__('Attachments');
    this.section = new DetailSection(context, { key: 'attachments', title });
    this.node = this.section.node;
  }

  readonly node: HTMLElement;

  update({ attachments }: VersionDetail): void {
    this.node.hidden = attachments.length === 0;
    this.section.showCount(String(attachments.length));
    this.section.update(attachments, () => [
      h('ul', { class: 'exo-Items' }, ...attachments.map(attachment => this.itemOf(attachment)))
    ]);
  }

  private itemOf(attachment: Attachment): HTMLElement {
    const { trans } = this.context;
    const { name, kind, format, size, preview } = attachment;
    const output = h('div', { class: 'exo-Preview', 'aria-live': 'polite' });
    const download = button(trans.__('Download'), () => void this.download(attachment), {
      'aria-label': trans.__('Download %1', name)
    });
    download.prepend(icon('download'));
    const item = h(
      'li',
      { class: 'exo-Attachment' },
      h('span', { class: 'exo-Attachment-name' }, name),
      h('span', { class: 'exo-mod-secondary' }, [kind, format, size].filter(Boolean).join(', ')),
      h('span', { class: 'exo-Buttons' }, preview && this.previewButton(name, output), download),
      output
    );
    return item;
  }

  private previewButton(name: string, output: HTMLElement): HTMLButtonElement {
    const { trans } = this.context;
    const toggle = button(
      trans.__('Preview'),
      () => {
        const isOpen = toggle.getAttribute('aria-expanded') === 'true';
        toggle.setAttribute('aria-expanded', String(!isOpen));
        output.replaceChildren();
        if (!isOpen) {
          void this.preview(name, output, toggle);
        }
      },
      { 'aria-expanded': 'false', 'aria-label': trans.__('Preview %1', name) }
    );
    return toggle;
  }

  private async preview(name: string, output: HTMLElement, toggle: Element): Promise<void> {
    const { api, trans } = this.context;
    output.replaceChildren(h('p', { class: 'exo-Loading' }, trans.__('Loading…')));
    let content: Node;
    try {
      const found = await api.get<AttachmentPreview>([...this.route(name), 'preview']);
      content = previewNode(found, name, trans);
    } catch (error) {
      content = errorText(errorMessage(error));
    }
    if (toggle.getAttribute('aria-expanded') === 'true') {
      output.replaceChildren(content);
    }
  }

  private async download({ name, size }: Attachment): Promise<void> {
    const { api, host, status, trans } = this.context;
    status.report(trans.__('Downloading %1 (%2)…', name, size));
    try {
      const { content, filename } = await api.file(this.route(name));
      host.download(content, filename ?? name);
      status.report(trans.__('Downloaded %1.', filename ?? name));
    } catch (error) {
      status.reportError(error);
    }
  }

  private route(attachment: string): string[] {
    const { store } = this.context;
    const version = String(this.version);
    return store.route('models', this.name, 'versions', version, 'attachments', attachment);
  }

  private readonly section: DetailSection;
}
