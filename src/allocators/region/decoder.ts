// Reads a region heap out of any memory. All there is are two words: what lies between is free, the rest is given out, and nothing
// in memory tells one block from the next.

import { hex } from '../../memory/address';
import type { Reader } from '../../memory/reader';
import { BlockBuilder, BlockTable } from '../../snapshot/blocks';
import { FindingList } from '../../snapshot/findings';
import { metricsOf } from '../../snapshot/metrics';
import type { HeapSnapshot, StructView } from '../../snapshot/snapshot';
import { structAt } from '../../snapshot/structs';
import { statsState, ukAllocView } from '../layers/decode';
import { ukAllocProfile } from '../layers/profiles';
import { ukAllocLayout } from '../layers/struct';
import type { AllocatorOptions } from '../ukalloc';
import { regionDetails } from './details';
import { Downward, Upward } from './layout';
import { regionProfile } from './profiles';

/** A region larger than this is not believed: no platform has it. */
const LARGEST = 2n ** 47n;

export function decode(reader: Reader, heap: bigint, options: AllocatorOptions): HeapSnapshot {
  const profile = regionProfile(options.release);
  if (profile === undefined) throw new Error(`region: no profile for release ${options.release}`);
  const layout = ukAllocLayout(ukAllocProfile(options.release), options.config);
  const words = heap + BigInt(layout.size);
  const bottom = words + BigInt(Upward.size);
  const findings = new FindingList();
  const blocks = new BlockBuilder();
  const stats = statsState(reader, heap, layout);
  let state: Record<string, unknown>;
  let end = bottom;
  let largestRequest = 0;
  let sound = false;
  let position: bigint | undefined;

  if (profile.downward) {
    const pos = reader.u64(words + BigInt(Downward.heap_pos));
    const base = reader.u64(words + BigInt(Downward.heap_base));
    position = pos;
    state = { heap_pos: pos === undefined ? null : hex(pos), heap_base: base === undefined ? null : hex(base) };
    if (base !== undefined && base !== bottom) {
      findings.add(
        'error',
        'bad-base',
        `heap_base is ${hex(base)}, the first byte after the structure is ${hex(bottom)}`,
        words + BigInt(Downward.heap_base),
      );
    }
    if (pos !== undefined) {
      // `base + len` is not kept: what is given out has no end in memory, so the area ends at heap_pos.
      if (pos < bottom) {
        const what = pos < heap ? 'below the region' : "over the allocator's own structure";
        findings.add(
          'error',
          'position-below-base',
          `heap_pos ${hex(pos)} lies ${what}: every request succeeds from now on`,
          words + BigInt(Downward.heap_pos),
        );
      } else if (pos - bottom < LARGEST) {
        end = pos;
        sound = true;
        blocks.add(bottom, Number(pos - bottom), 'free');
      } else
        findings.add(
          'error',
          'wild-pointer',
          `heap_pos ${hex(pos)} is no address in a region at ${hex(heap)}`,
          words + BigInt(Downward.heap_pos),
        );
    }
    findings.add(
      'info',
      'malloc-broken',
      'In this release malloc through the interface looks for its words inside the heap and fails while they are zero.',
      heap,
    );
  } else {
    const top = reader.u64(words + BigInt(Upward.heap_top));
    const base = reader.u64(words + BigInt(Upward.heap_base));
    position = base;
    state = { heap_base: base === undefined ? null : hex(base), heap_top: top === undefined ? null : hex(top) };
    if (top !== undefined && base !== undefined) {
      if (base < bottom || base > top || top - bottom >= LARGEST) {
        findings.add(
          'error',
          'wild-pointer',
          `heap_base ${hex(base)} and heap_top ${hex(top)} do not lie in this order after ${hex(bottom)}`,
          words,
        );
      } else {
        end = top;
        sound = true;
        if (base > bottom) blocks.add(bottom, Number(base - bottom), 'used');
        if (top > base) blocks.add(base, Number(top - base), 'free');
        largestRequest = Math.max(0, Number(top - ((base + 7n) & ~7n)));
      }
    }
  }
  blocks.add(heap, Number(bottom - heap), 'metadata');
  findings.addAbsent(reader.absent);
  if (stats !== undefined) state = { ...state, stats };
  const table = BlockTable.of(blocks);
  return {
    allocator: 'region',
    release: options.release,
    profile: profile.name,
    heap,
    areas: [{ base: heap, end, by: 'init' }],
    blocks: table,
    lists: [],
    structs: [ukAllocView(reader, heap, layout), wordsView(reader, words, profile.downward)],
    state,
    metrics: metricsOf(table, largestRequest, []),
    findings: findings.all(),
    details: regionDetails(reader, {
      from: bottom,
      position,
      positionAt: words + BigInt(profile.downward ? Downward.heap_pos : Upward.heap_base),
      end: sound && !profile.downward ? end : undefined,
      downward: profile.downward,
      sound,
      structSize: layout.size,
    }),
    absent: reader.absent,
  };
}

function wordsView(reader: Reader, words: bigint, downward: boolean): StructView {
  return downward
    ? structAt(reader, 'struct uk_allocregion', words, Downward.size, [
        ['heap_pos', Downward.heap_pos, 'pointer'],
        ['heap_base', Downward.heap_base, 'pointer'],
      ])
    : structAt(reader, 'struct uk_allocregion', words, Upward.size, [
        ['heap_top', Upward.heap_top, 'pointer'],
        ['heap_base', Upward.heap_base, 'pointer'],
      ]);
}
