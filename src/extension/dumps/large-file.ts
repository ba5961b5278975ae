// Large dumps on the local disk: read piece by piece and kept without their zero pages, so that one of gigabytes fits. VS Code's own
// file API reads whole files only; it is what there is for every other file, and everywhere that is no Node (a browser).

import { MOST_KEPT, SparseBytes } from '../../memory/sparse-bytes';
import { isGzip } from './gunzip';

/** Files from this size on are read piece by piece. */
export const LARGE = 64 * 2 ** 20;
const PIECE = 4 * 2 ** 20;

/**
 * @param path of a local file
 * @param wanted told how many bytes were read; says whether to go on
 * @returns the file, unpacked where it is a gzip file; `cut` is set when more than 320 MiB of it are not zero. What was read of one
 *   that was not wanted to its end
 * @throws when it cannot be read or unpacked, or there is no Node
 */
export async function readLargeFile(path: string, wanted: (bytes: number) => boolean): Promise<SparseBytes> {
  const { open } = await import('node:fs/promises');
  const file = await open(path, 'r');
  const sparse = new SparseBytes(MOST_KEPT);
  let read = 0;
  try {
    const piece = async (): Promise<Uint8Array<ArrayBuffer>> => {
      const { buffer, bytesRead } = await file.read(new Uint8Array(PIECE), 0, PIECE, read);
      read += bytesRead;
      return buffer.subarray(0, bytesRead);
    };
    const first = await piece();
    const pieces = piecesOf(first, piece);
    for await (const bytes of isGzip(first) ? unpacked(pieces) : pieces) {
      if (!wanted(read)) break;
      sparse.add(bytes);
      if (sparse.cut) break;
    }
    sparse.end();
    return sparse;
  } finally {
    await file.close();
  }
}

async function* piecesOf(
  first: Uint8Array<ArrayBuffer>,
  next: () => Promise<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (let piece = first; piece.length > 0; piece = await next()) yield piece;
}

async function* unpacked(pieces: AsyncGenerator<Uint8Array<ArrayBuffer>>): AsyncGenerator<Uint8Array> {
  const packed = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: async (controller) => {
      const next = await pieces.next();
      if (next.done === true) controller.close();
      else controller.enqueue(next.value);
    },
  });
  const reader = packed.pipeThrough(new DecompressionStream('gzip')).getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel();
  }
}
