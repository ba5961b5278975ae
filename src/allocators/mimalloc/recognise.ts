// Is this a mimalloc heap? Behind its struct uk_alloc there is nothing; one page on lies the region allocator that it sits on, whose
// own struct uk_alloc is the next one that was registered.

import { PAGE_SIZE } from '../../memory/address';
import type { Reader } from '../../memory/reader';
import { ukAllocProfile } from '../layers/profiles';
import { ukAllocLayout } from '../layers/struct';
import { recognise as recogniseRegion } from '../region/recognise';
import type { AllocatorOptions, Recognition } from '../ukalloc';
import { mimallocProfile } from './profiles';

export function recognise(reader: Reader, heap: bigint, options: AllocatorOptions): Recognition | undefined {
  if (mimallocProfile(options.release) === undefined) return undefined;
  const layout = ukAllocLayout(ukAllocProfile(options.release), options.config);
  const behind = heap + BigInt(PAGE_SIZE);
  if (reader.u64(heap + BigInt(layout.next)) !== behind) return undefined;
  const region = recogniseRegion(reader, behind, options);
  if (region === undefined) return undefined;
  return {
    says: `the next allocator is the region allocator one page behind it, in which ${region.says}`,
    words: region.words + 1,
  };
}
