// What a step changed comes into view by itself.

import type { AddressRange } from '../../memory/reader';
import type { HeapSnapshot } from '../../snapshot/snapshot';
import { hex } from '../numbers';
import type { Viewport } from '../viewport';

/** The viewport that brings what the last step changed into view, when that is a block and out of sight. */
export function following(viewport: Viewport, { blocks }: HeapSnapshot, touched: readonly AddressRange[]): Viewport {
  if (viewport.map.reveal !== undefined) return viewport;
  for (const range of touched) {
    const block = blocks.holding(range.base);
    if (block !== undefined && block.state !== 'metadata')
      return { ...viewport, map: { ...viewport.map, reveal: hex(block.base) } };
  }
  return viewport;
}
