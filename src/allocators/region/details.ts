// What the heap view shows of a region heap beside its two blocks: the pointer that moves, and what one request would do to it.

import type { Reader } from '../../memory/reader';
import type { RegionDetails, RegionRequest } from '../../snapshot/details';
import { Downward } from './layout';

const TOP = 1n << 64n;

/** The words of a heap, as far as they could be read. */
export interface Words {
  readonly from: bigint;
  readonly position: bigint | undefined;
  readonly positionAt: bigint;
  readonly end: bigint | undefined;
  readonly downward: boolean;
  readonly sound: boolean;
  /** Bytes of the struct uk_alloc: as far off are the words that malloc of 0.20 looks at. */
  readonly structSize: number;
}

export function regionDetails(reader: Reader, words: Words): RegionDetails {
  const { from, position, positionAt, end, downward, sound } = words;
  return {
    kind: 'region',
    from,
    pointer: { name: downward ? 'heap_pos' : 'heap_base', at: positionAt, value: position },
    end,
    downward,
    sound,
    request: (asked) => {
      if (!sound || position === undefined) return undefined;
      if (downward) return misled(reader, words, asked);
      return end === undefined ? undefined : upward(position, end, asked);
    },
  };
}

/** As uk_allocregion_malloc does it up to 0.19: overflow is tested against the pointer as it was before it was rounded. */
function upward(position: bigint, end: bigint, asked: bigint): RegionRequest {
  const block = (position + 7n) & ~7n;
  const sum = block + asked;
  const wrapped = sum % TOP;
  const refused = wrapped > end ? 'no-room' : wrapped <= position ? (sum < TOP ? 'nothing' : 'no-room') : undefined;
  return { asked, block, padding: block - position, next: sum, outcome: refused ?? 'given' };
}

/** From 0.20 on malloc takes the address of `priv` for that of the struct, and so reads two words inside the heap. */
function misled(reader: Reader, { positionAt, structSize }: Words, asked: bigint): RegionRequest | undefined {
  const wrong = positionAt - BigInt(Downward.heap_pos) + BigInt(structSize);
  const [pos, base] = [Downward.heap_pos, Downward.heap_base].map((at) => reader.u64(wrong + BigInt(at)));
  if (pos === undefined || base === undefined) return undefined;
  const block = BigInt.asUintN(64, pos - asked) & ~7n;
  const padding = BigInt.asUintN(64, pos - asked) - block;
  const room = BigInt.asUintN(64, pos - base);
  const outcome = asked === 0n ? 'nothing' : room < asked ? 'wrong-words' : 'given';
  return { asked, block, padding, next: block, outcome };
}
