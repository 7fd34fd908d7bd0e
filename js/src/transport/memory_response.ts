/** Responses whose body is already in memory, and the bytes of compressed ones. */

type Content = Uint8Array<ArrayBuffer> | string | null;

/**
 * A response whose JSON is read at once.
 *
 * A browser reads the body of a response as a stream, in several tasks, each after other work.
 */
export class MemoryResponse extends Response {
  constructor(
    private readonly content: Content,
    init: ResponseInit
  ) {
    super(content, init);
  }

  override json(): Promise<unknown> {
    const { content } = this;
    // An error of the parser rejects the promise.
    return Promise.resolve().then(
      () => JSON.parse(typeof content === 'string' ? content : decoded(content)) as unknown
    );
  }
}

function decoded(content: Uint8Array<ArrayBuffer> | null): string {
  return new TextDecoder().decode(content ?? undefined);
}

/** Return the bytes of a body, which the kernel compresses with gzip. */
export async function unpack(packed: DataView): Promise<Uint8Array<ArrayBuffer>> {
  // The body can be a part of a larger buffer.
  const bytes = new Uint8Array(packed.buffer, packed.byteOffset, packed.byteLength).slice();
  const { writable, readable } = new DecompressionStream('gzip');
  // The reader receives an error too.
  const writer = writable.getWriter();
  writer.write(bytes).catch(() => undefined);
  writer.close().catch(() => undefined);
  return joined(await chunksOf(readable.getReader()));
}

async function chunksOf(
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>
): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    chunks.push(part.value);
  }
  return chunks;
}

function joined(chunks: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let end = 0;
  for (const chunk of chunks) {
    all.set(chunk, end);
    end += chunk.length;
  }
  return all;
}
