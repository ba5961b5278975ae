// The heap of a stopped program: where it is, what it is of, and its state, asked of a debugger. Knows no VS Code.

import { allocatorFor } from '../../allocators/registry';
import { readingsAt, optionsOf, releaseOf } from '../../dumps/recognise';
import type { KnownBuild } from '../../dumps/recognise';
import { hex } from '../../memory/address';
import { readBootinfo } from '../../readers/descriptor-array';
import type { RegionMap } from '../../regions/descriptor';
import { RELEASES } from '../../regions/release';
import type { HeapSnapshot } from '../../snapshot/snapshot';
import { assume } from '../../timeline/choices';
import type { Choices, Known } from '../../timeline/choices';
import { DebugMemory, evaluateAddress, readMemory } from './memory';
import type { DebugRequests, FetchProgress } from './memory';

/** How the session is asked. */
export interface DebugAsking {
  readonly session: DebugRequests;
  /** Some adapters evaluate in a frame only. */
  readonly frameId?: number;
  readonly known: Known;
  readonly onProgress: (progress: FetchProgress) => void;
  readonly cancelled: () => boolean;
}

export interface DebugHeap {
  readonly address: bigint;
  readonly snapshot: HeapSnapshot;
  readonly memory: DebugMemory;
  readonly choices: Choices;
  readonly map?: RegionMap;
  readonly assumed: readonly string[];
}

/** Why there is no heap to show, each with what to do about it (`messages.ts`). */
export type DebugFailure = 'no-memory' | 'null' | 'not-evaluated';

/** The pointer to the first registered allocator: since 0.5, and before. */
export const HEAD_EXPRESSIONS = ['_uk_alloc_head', 'uk_alloc_head'];
/** C globals by which decoders find what does not hang on the heap. */
const GLOBALS = ['_mi_heap_main', 'tld_main', '_mi_page_empty', '__region_alloc', '__initialized', '_mi_process_is_initialized', 'regions_count', 'regions']; // prettier-ignore

/** @param expression for the heap's address, as the user says it; without one, the kernel's own pointer */
export async function readDebugHeap(asking: DebugAsking, expression?: string): Promise<DebugHeap | DebugFailure> {
  const { session, frameId, known, onProgress, cancelled } = asking;
  const address = await heapAddress(asking, expression);
  if (address === undefined) return 'not-evaluated';
  if (address === 0n) return 'null';
  if ((await readMemory(session, address, 8)) === undefined) return 'no-memory';

  const memory = new DebugMemory(session);
  const build: KnownBuild = {
    config: known.config,
    ...(known.allocator && { allocator: known.allocator }),
    ...(known.release && { release: known.release }),
    ...(known.arch && { arch: known.arch }),
  };
  const releases = known.release === undefined ? RELEASES : [known.release];
  const [reading] = await memory.decode((reader) => readingsAt(reader, address, build, releases), onProgress, cancelled);
  const map = await regionsOf(asking, memory);
  const given = assume(known, map ?? { descriptors: [] });
  const release = reading === undefined ? given.choices.release : releaseOf(reading, known.release);
  const allocator = reading?.allocator ?? allocatorFor(given.choices.allocator)!;
  const symbols = await globalsOf(session, frameId, allocator.id === 'mimalloc');
  const config = { ...reading?.config, ...known.config };
  const options = { ...optionsOf(allocator, release, { ...build, config }), ...(symbols.size > 0 && { symbols }) };
  const snapshot = await memory.decode((reader) => allocator.decode(reader, address, options), onProgress, cancelled);
  const assumed = [
    ...(known.release === undefined && (reading === undefined || reading.releases.length > 1) ? [`release ${release}`] : []),
    ...(reading === undefined ? [`allocator ${allocator.id}: nothing was recognised at ${hex(address)}`] : []),
    ...(cancelled() ? ['partial: reading was cancelled'] : []),
  ];
  const choices: Choices = { release, allocator: allocator.id, arch: options.arch, config: options.config };
  return { address, snapshot, memory, choices, assumed, ...(map && { map }) };
}

async function heapAddress({ session, frameId }: DebugAsking, expression: string | undefined): Promise<bigint | undefined> {
  if (expression !== undefined && /^\s*0x[0-9a-f]+\s*$/i.test(expression)) return BigInt(expression.trim());
  for (const e of expression === undefined ? HEAD_EXPRESSIONS : [expression]) {
    const address = await evaluateAddress(session, frameId, e);
    if (address !== undefined) return address;
  }
  return undefined;
}

/** The list behind `bi_bootinfo`; undefined where the kernel has none, or the debugger does not know it. */
async function regionsOf(asking: DebugAsking, memory: DebugMemory): Promise<RegionMap | undefined> {
  const at = await evaluateAddress(asking.session, asking.frameId, 'bi_bootinfo');
  if (at === undefined || at === 0n) return undefined;
  const { release, config } = asking.known;
  const options = { ...(release && { release }), ...(Object.keys(config).length > 0 && { config }) };
  const read = await memory.decode((reader) => readBootinfo(reader, at, options), asking.onProgress, asking.cancelled);
  if (read === undefined || read.descriptors.length === 0) return undefined;
  return { kind: 'image', descriptors: read.descriptors, hints: read.hints, problems: read.problems };
}

async function globalsOf(session: DebugRequests, frameId: number | undefined, wanted: boolean): Promise<Map<string, bigint>> {
  const symbols = new Map<string, bigint>();
  if (!wanted) return symbols;
  for (const name of GLOBALS) {
    const at = await evaluateAddress(session, frameId, `&${name}`);
    if (at !== undefined) symbols.set(name, at);
  }
  return symbols;
}
