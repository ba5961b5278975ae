// The arithmetic of ifpages (lib/ukalloc/alloc.c): from a request to the pages that are asked of the page allocator.

import { countText } from '../../regions/text';
import { bytesOf, type AllocationRequest, type Sum } from '../reasoning';
import type { PageHeader, UkAllocProfile } from './profiles';

const TOP = 1n << 64n;
const PAGE = 4096n;

/** Pages that a request asks for; `undefined` when the layer answers NULL by itself. */
export interface AskedPages {
  readonly pages: bigint | undefined;
  readonly sums: readonly Sum[];
}

/** What ifpages makes of a request, following C's wrapping sums. */
export function askedPages(request: AllocationRequest, profile: UkAllocProfile): AskedPages {
  const { header, overflowChecks } = profile;
  if (request.op === 'palloc')
    return { pages: request.pages, sums: [{ text: `n = ${countText(request.pages)}`, note: 'pages asked for' }] };
  const size = bytesOf(request);
  const sums: Sum[] = request.op === 'calloc' ? [product(request.nmemb, request.size, size)] : [];
  if (request.op === 'calloc' && overflowChecks && request.nmemb * request.size >= TOP)
    return { pages: undefined, sums: [{ ...sums[0]!, note: 'more than 2^64: calloc answers NULL', decides: true }] };
  if (size === 0n)
    return {
      pages: undefined,
      sums: [...sums, { text: 'size = 0', note: 'answered with NULL, without looking at the heap', decides: true }],
    };
  const { extra, text, note } = added(request, header, overflowChecks);
  const real = BigInt.asUintN(64, size + extra);
  sums.push({ text: `${countText(size)} + ${text} = ${countText(real)}`, note });
  if (real < size && overflowChecks)
    return {
      pages: undefined,
      sums: [...sums, { text: `${countText(real)} < ${countText(size)}`, note: 'the sum wraps at 2^64: NULL', decides: true }],
    };
  const pages = BigInt.asUintN(64, real + PAGE - 1n) / PAGE;
  sums.push({ text: `⌈${countText(real)} / 4096⌉ = ${countText(pages)}`, note: pages === 1n ? 'page' : 'pages' });
  return { pages, sums };
}

function product(nmemb: bigint, size: bigint, bytes: bigint): Sum {
  return { text: `${countText(nmemb)} · ${countText(size)} = ${countText(bytes)}`, note: 'bytes asked for' };
}

/** What is added to a size: the header, and for memalign the room to align in. */
function added(
  request: AllocationRequest,
  header: PageHeader,
  overflowChecks: boolean,
): { readonly extra: bigint; readonly text: string; readonly note: string } {
  const plain = {
    extra: BigInt(header.added),
    text: String(header.added),
    note: `ifpages puts a ${String(header.added)}-byte header in front`,
  };
  if (request.op !== 'memalign' && request.op !== 'posix_memalign') return plain;
  const { align } = request;
  if (align < BigInt(header.rounded))
    return {
      extra: BigInt(header.rounded),
      text: String(header.rounded),
      note: 'room for the header, which is also the least alignment',
    };
  const pad = align > PAGE ? PAGE : align === PAGE ? (overflowChecks ? 0n : PAGE) : BigInt(header.size);
  return {
    extra: pad + align,
    text: `${countText(pad)} + ${countText(align)}`,
    note: 'room for the header, and room to align in',
  };
}
