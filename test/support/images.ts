// Segments of an image whose bytes are in memory, as every reader of small files gives them.

import assert from 'node:assert/strict';
import type { Piece } from '../../src/memory/image';
import type { Bytes } from '../../src/memory/stored-bytes';

export function inMemory(segments: readonly { readonly base: bigint; readonly bytes: Bytes }[]): Piece[] {
  return segments.map(({ base, bytes }) => {
    assert.ok(bytes instanceof Uint8Array, 'held in memory');
    return { base, bytes };
  });
}
