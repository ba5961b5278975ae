// Oscar's arithmetic: the canonical allocator's, for what Oscar asks of it, and the shadow addresses that an object uses up.

import { hex } from '../../memory/address';
import { countText, sizeText } from '../../regions/text';
import type { ShadowSpace } from '../../snapshot/shadow';
import { bytesOf, type AllocationRequest, type Met, type Reasoning, type Reasons, type Sum } from '../reasoning';
import type { Allocator, AllocatorOptions } from '../ukalloc';
import { orderOfPages } from './layout';
import { settingsOf, type OscarSettings } from './settings';
import { readCanonical } from './underneath';

const PAGE = 4096n;
const WORD = 8n;

/** @param below the canonical allocator of a build, with its options */
export function reasonsOver(below: (options: AllocatorOptions) => readonly [Allocator, AllocatorOptions]): Reasons {
  return {
    init: (base, len, options) => {
      const [canonical, own] = below(options);
      return canonical.reasons.init(base, len, own);
    },
    addmem: (base, len, options) => {
      const [canonical, own] = below(options);
      return (canonical.reasons.addmem ?? canonical.reasons.init)(base, len, own);
    },
    request: (request, met) => requestReasons(request, met, ...below(met.options)),
  };
}

function requestReasons(request: AllocationRequest, met: Met, canonical: Allocator, options: AllocatorOptions): Reasoning {
  const settings = settingsOf(met.options);
  const space = met.snapshot.details?.kind === 'oscar' ? met.snapshot.details : undefined;
  const { asked, sum } = askedBelow(request, settings);
  if (asked === undefined) {
    const refused: Sum = { ...sum, decides: true };
    return { answer: 'Oscar refuses it by itself.', sums: [refused], change: ['Another size.'], whatIf: [] };
  }
  const shadow = space === undefined ? [] : spaceSums(bytesOf(request), space);
  if (shadow.some((s) => s.decides === true)) {
    return {
      answer: 'Shadow addresses are used once only, and there are not enough left for it.',
      sums: [sum, ...shadow],
      change: [
        'More shadow address space (CONFIG_LIBOSCAR_SHADOW_PAGES), or fewer allocations over time: freeing gives no address back.',
      ],
      whatIf: [],
    };
  }
  const { snapshot } = readCanonical(met.reader, canonical, met.snapshot.heap, options);
  const reasoning = canonical.reasons.request(asked, { snapshot, reader: met.reader, options });
  return {
    ...reasoning,
    answer: `The memory below comes from ${canonical.title}. ${reasoning.answer}`,
    sums: [sum, ...shadow, ...reasoning.sums],
    whatIf: [],
  };
}

/** What Oscar asks of the canonical allocator for a request. */
function askedBelow(
  request: AllocationRequest,
  settings: OscarSettings,
): { readonly asked: AllocationRequest | undefined; readonly sum: Sum } {
  const size = bytesOf(request);
  if (size === 0n || size >= 1n << 63n)
    return {
      asked: undefined,
      sum: { text: `size = ${countText(size)}`, note: settings.preset === 'paper' ? 'NULL' : 'the port stops on it' },
    };
  if (settings.preset === 'paper') {
    const aligned = request.op === 'palloc' ? PAGE : 'align' in request && request.align > WORD ? request.align : WORD;
    const sum: Sum = {
      text: `${countText(size)} + ${countText(aligned)} = ${countText(size + aligned)}`,
      note: 'Oscar keeps the canonical address in front of the object',
    };
    const asked: AllocationRequest =
      aligned === WORD
        ? { op: 'malloc', id: 0, size: size + WORD }
        : { op: 'memalign', id: 0, align: aligned, size: size + aligned };
    return { asked, sum };
  }
  if (!settings.kellogs && request.op !== 'palloc')
    return { asked: request, sum: { text: `${countText(size)} bytes`, note: 'asked of the canonical allocator as they are' } };
  const pages = Number((size + PAGE - 1n) / PAGE);
  const order = orderOfPages(pages);
  return {
    asked: { op: 'palloc', id: 0, pages: 1n << BigInt(order) },
    sum: {
      text: `⌈${countText(size)} / 4096⌉ = ${countText(pages)} → 2^${String(order)} pages`,
      note: 'every object has pages of its own, a power of two of them',
    },
  };
}

/** Is there shadow address space for an object of `size` bytes? Its offset in the first page may cost one page more. */
function spaceSums(size: bigint, space: ShadowSpace): Sum[] {
  const pages = (size + PAGE - 1n) / PAGE;
  const largest =
    space.preset === 'paper'
      ? space.end - space.mark
      : space.free.reduce((most, r) => (r.end - r.base > most ? r.end - r.base : most), 0n);
  const note = `${sizeText(largest)} of ${sizeText(space.end - space.start)} were never handed out`;
  const enough = pages * PAGE <= largest;
  return [
    {
      text: `${countText(pages)} shadow page${pages === 1n ? '' : 's'} ${enough ? '≤' : '>'} ${countText(largest / PAGE)}`,
      note: `${note}, from ${hex(space.mark)} on`,
      ...(!enough && { decides: true as const }),
    },
  ];
}
