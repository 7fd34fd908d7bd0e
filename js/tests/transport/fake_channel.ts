/** A channel without a kernel, for tests of the transport. */
import { gzipSync } from 'node:zlib';

import type { Channel } from '../../src/transport/comm';

interface Sent {
  v: number;
  type: string;
  mark: string;
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | null;
}

/** The messages between a page and a kernel; all views of a widget receive each message. */
export class FakeChannel implements Channel {
  readonly sent: Sent[] = [];
  greetings = 0;
  isOpen = true;

  constructor(readonly ready?: Promise<void>) {}

  private readonly slots = new Set<(content: unknown, buffers: DataView[]) => void>();

  send(content: object): void {
    if (!this.isOpen) {
      throw new Error('Cannot send');
    }
    const message = content as Sent;
    if (message.type === 'hello') {
      this.greetings += 1;
    } else {
      this.sent.push(message);
    }
  }

  listen(slot: (content: unknown, buffers: DataView[]) => void): () => void {
    this.slots.add(slot);
    return () => this.slots.delete(slot);
  }

  receive(content: unknown, body?: string): void {
    const packed = gzipSync(body ?? '');
    const bytes = Uint8Array.of(0, 0, ...packed, 0, 0);
    const view = new DataView(bytes.buffer, 2, packed.byteLength);
    this.deliver(content, body === undefined ? [] : [view]);
  }

  deliver(content: unknown, buffers: DataView[]): void {
    this.slots.forEach(slot => slot(content, buffers));
  }

  reply(mark: string, status: number, body?: string, headers: Record<string, string> = {}): void {
    this.receive({ v: 1, type: 'reply', mark, status, headers }, body);
  }
}

export const TEXTS = {
  ...{ timeout: 'No reply.', timeoutOfChange: 'Perhaps later.', hint: 'Wait.' },
  ...{ unreadable: 'What?', hintOfUnreadable: 'Reload.' },
  ...{ closed: 'It has ended.', hintOfClosed: 'Run it again.' }
};
