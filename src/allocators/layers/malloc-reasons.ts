// The arithmetic of ifmalloc (lib/ukalloc/alloc.c): from a request to the bytes that are asked of the library's malloc.

import { countText } from '../../regions/text';
import { bytesOf, type AllocationRequest, type Sum } from '../reasoning';
import { Record16 } from './ifmalloc';

const TOP = 1n << 64n;
const RECORD = BigInt(Record16.bytes);

/** Bytes that the backend is asked for; `undefined` when the layer answers NULL by itself. */
export interface AskedBytes {
  readonly real: bigint | undefined;
  readonly sums: readonly Sum[];
}

/** What ifmalloc makes of a request. */
export function askedBytes(request: AllocationRequest): AskedBytes {
  const size = bytesOf(request);
  const sums: Sum[] = [];
  const refuse = (text: string, note: string): AskedBytes => ({
    real: undefined,
    sums: [...sums, { text, note, decides: true }],
  });
  if (request.op === 'calloc') {
    sums.push({ text: `${countText(request.nmemb)} · ${countText(request.size)} = ${countText(size)}`, note: 'bytes asked for' });
    if (request.nmemb * request.size >= TOP) return refuse(`${countText(size)} < 2^64`, 'the product wraps: calloc answers NULL');
  }
  if (request.op === 'palloc') {
    sums.push({
      text: `${countText(request.pages)} · 4096 = ${countText(size)}`,
      note: 'palloc is posix_memalign(4096, …) here',
    });
    if (request.pages >= TOP / 4096n) return refuse(`${countText(request.pages)} > 2^52 − 1`, 'too many pages: NULL');
  }
  const aligned = request.op === 'palloc' ? 4096n : 'align' in request ? request.align : undefined;
  if (aligned === undefined) {
    const real = BigInt.asUintN(64, size + RECORD);
    sums.push({ text: `${countText(size)} + 16 = ${countText(real)}`, note: 'ukalloc puts a 16-byte record in front' });
    return real < size ? refuse(`${countText(real)} < ${countText(size)}`, 'the sum wraps at 2^64: NULL') : { real, sums };
  }
  if (aligned < 8n || (aligned & (aligned - 1n)) !== 0n)
    return refuse(`align = ${countText(aligned)}`, 'an alignment is a power of two, 8 or more: EINVAL');
  if (size === 0n) return refuse('size = 0', 'EINVAL, without looking at the heap');
  const align = aligned < 16n ? 16n : aligned;
  const pad = aligned < 16n ? 0n : RECORD;
  const real = BigInt.asUintN(64, size + pad + align);
  sums.push({
    text: `${countText(size)} + ${countText(pad)} + ${countText(align)} = ${countText(real)}`,
    note: 'room for the record, and room to align in',
  });
  return real < size ? refuse(`${countText(real)} < ${countText(size)}`, 'the sum wraps at 2^64: ENOMEM') : { real, sums };
}
