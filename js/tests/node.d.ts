/** The part of Node that the tests use; its own types would hide mistakes in code for browsers. */
declare module 'node:zlib' {
  export function gzipSync(text: string): Uint8Array;
}
