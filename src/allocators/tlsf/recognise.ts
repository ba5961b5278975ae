// Is this a TLSF pool? It begins with a signature, and the address of its first area tells how many columns its table has.

import type { Reader } from '../../memory/reader';
import { ukAllocProfile } from '../layers/profiles';
import { withIfmalloc } from '../layers/ifmalloc';
import { ukAllocLayout } from '../layers/struct';
import type { AllocatorOptions, Recognition } from '../ukalloc';
import { AreaInfo, areaOffset, Header, SIGNATURE, Tlsf } from './layout';
import { LOG2_SLI, tlsfProfile } from './profiles';

/** Areas that are followed to the oldest one, which lies right behind the table. */
const MOST_AREAS = 64;
/** Columns that are tried: 2^0 … 2^8. */
const MOST_LOG2_SLI = 8;

export function recognise(reader: Reader, heap: bigint, given: AllocatorOptions): Recognition | undefined {
  if (tlsfProfile(given.release) === undefined) return undefined;
  const options = withIfmalloc(given);
  const pool = heap + BigInt(ukAllocLayout(ukAllocProfile(options.release), options.config).size);
  if (reader.u32(pool + BigInt(Tlsf.tlsf_signature)) !== SIGNATURE) return undefined;
  let area = reader.u64(pool + BigInt(Tlsf.area_head));
  for (let i = 0; i < MOST_AREAS && area !== undefined && area !== 0n; i++) {
    for (let l = 0; l <= MOST_LOG2_SLI; l++) {
      if (area !== pool + BigInt(areaOffset(l) + Header.payload)) continue;
      const says = `tlsf_signature is 0x2a59fa59, and the oldest area lies behind a table of ${2 ** l} columns`;
      return { says, words: 3, config: { [LOG2_SLI]: String(l) } };
    }
    area = reader.u64(area + BigInt(AreaInfo.next));
  }
  return { says: 'tlsf_signature is 0x2a59fa59', words: 1 };
}
