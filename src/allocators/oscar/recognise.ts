// Is there an Oscar over this heap? Its records lie in pages that the canonical allocator gave it, and look like nothing else.

import type { Reader } from '../../memory/reader';
import type { Allocator, AllocatorOptions, Recognition } from '../ukalloc';
import { VMAP_START } from './layout';
import { findPools } from './locate';
import { settingsOf } from './settings';

export function recognise(
  reader: Reader,
  heap: bigint,
  canonical: Allocator,
  options: AllocatorOptions,
): Recognition | undefined {
  const below = canonical.recognise(reader, heap, options);
  if (below === undefined) return undefined;
  const end = VMAP_START + settingsOf(options).shadowPages * 4096;
  const { vmas, aliases } = findPools(reader, canonical.decode(reader, heap, options), VMAP_START, end);
  if (vmas.length === 0 || aliases.length === 0) return undefined;
  const says = `${aliases.length + vmas.length} pages of the ${canonical.title} heap hold records of shadow objects and address ranges`;
  return { says, words: below.words + 64 };
}
