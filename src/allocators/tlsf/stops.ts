// Where the simulated kernel stops: at a pointer or size in memory by which the C code would fault or write into foreign memory.

import { hex } from '../../memory/address';
import { KernelStop } from '../kernel';
import { unsigned } from '../layers/base';
import type { Size } from '../ukalloc';

/** A step between classes that is 0. */
export function dividesByZero(log2Sli: number): never {
  throw new KernelStop(
    'crash',
    `division by zero: with CONFIG_TLSF_LOG2_SLI=${String(log2Sli)} the step between the classes below 128 bytes, 128 / 2^${String(log2Sli)}, is 0`,
  );
}

/** A block that is smaller than its class. */
export function tooSmall(b: number, held: number, size: Size): never {
  throw new KernelStop(
    'wild',
    `the search for ${String(unsigned(size))} bytes ends at block ${hex(b)} of ${String(held)}: TLSF would split it beyond its end and write a header into foreign memory`,
  );
}

/** A list's link that leads out of the pool. */
export function wildLink(p: number, link: number, fl: number, sl: number): never {
  const where = `list (${String(fl)},${String(sl)})`;
  const outside = fl >= 24 ? `; row ${String(fl)} does not exist, so the word there was never a list head` : '';
  throw new KernelStop('wild', `${where}: the link at ${hex(link)} is ${hex(p)}, no block of this pool${outside}`);
}

/** A size that leads out of the pool. */
export function wildNext(b: number, n: number): never {
  throw new KernelStop(
    'wild',
    `by its size, block ${hex(b)} is followed by ${hex(n)}, outside the pool: its header is no header`,
  );
}
