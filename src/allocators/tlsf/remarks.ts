// What is known to go wrong when TLSF is given a region, before anything is executed.

import { hex } from '../../memory/address';
import type { Finding } from '../../snapshot/snapshot';
import { withIfmalloc } from '../layers/ifmalloc';
import { ukAllocProfile } from '../layers/profiles';
import { ukAllocLayout } from '../layers/struct';
import type { AllocatorOptions } from '../ukalloc';
import { areaOffset, controlSize, LEAST_AREA } from './layout';
import { log2Sli } from './profiles';

const GIB = 2n ** 30n;

/** Defects of the C code that a heap of `[base, base + len)` will show. */
export function remarks(base: bigint, len: bigint, options: AllocatorOptions): readonly Finding[] {
  const { value: l, problem } = log2Sli(options.config);
  const struct = BigInt(ukAllocLayout(ukAllocProfile(options.release), withIfmalloc(options).config).size);
  const found: Finding[] = [];
  if (problem !== undefined) found.push({ severity: 'error', code: 'bad-option', message: problem });
  if (len < struct + BigInt(controlSize(l) + LEAST_AREA) || base % 8n !== 0n) return found;
  const area = len - struct - BigInt(areaOffset(l)) + 8n;
  const odd = len % 16n;
  if (odd >= 8n) {
    const over = 16n - odd;
    const message = `The length is ${odd} beyond a multiple of 16: TLSF's last header reaches ${over} byte${over === 1n ? '' : 's'} past ${hex(base + len)}, the end of the region.`;
    found.push({ severity: 'warning', code: 'overrun', address: base + len, message });
  }
  if (area >= 4n * GIB) {
    const used = area % (4n * GIB);
    const message = `TLSF reads sizes with a 32-bit mask: of ${len} bytes it uses ${used}, the rest is lost.`;
    found.push({ severity: 'warning', code: 'size-cut', address: base, message });
  } else if (area >= GIB) {
    const message =
      'TLSF has tables for blocks below 1 GiB. The list of the one larger free block is kept in words behind them, so that the heap is corrupt from the start, or works by luck.';
    found.push({ severity: 'warning', code: 'huge-heap', address: base, message });
  }
  return found;
}
