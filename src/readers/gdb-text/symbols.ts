// Symbols and layouts that a session shows by the way: `0x120290 <uk_malloc_ifpages>`, `info address`, `nm` in the log, `ptype /o`; and
// what it says of the heap and of the processor.

import type { Config } from '../../regions/release';
import { parseGdbSession } from './session';

export interface SessionFacts {
  /** Name → address; of two places the first counts. */
  readonly symbols: ReadonlyMap<string, bigint>;
  /** Pointers to the heap's struct uk_alloc as they were printed, the surest first. */
  readonly heaps: readonly bigint[];
  /** Physical root of the page tables: `cr3`, without its flags. */
  readonly pageTableRoot?: bigint;
  /** Options of the build that printed layouts tell. */
  readonly config: Config;
}

/** A session has thousands of annotated addresses; more are not worth the time. */
const MOST_SYMBOLS = 100_000;

export function sessionFacts(text: string): SessionFacts {
  const { screen } = parseGdbSession(text);
  const shown = screen.text;
  const symbols = new Map<string, bigint>();
  const add = (name: string, address: bigint): void => {
    if (address >= 0n && !symbols.has(name) && symbols.size < MOST_SYMBOLS) symbols.set(name, address);
  };
  for (const [, address, name, offset] of shown.matchAll(/(0x[0-9a-f]{1,16}) <([A-Za-z_][\w.$]*)(?:\+(\d+))?>/g)) {
    add(name!, BigInt(address!) - BigInt(offset ?? 0));
  }
  for (const [, name, address] of shown.matchAll(
    /^Symbol "([\w.$]+)" is (?:static storage )?at (?:address )?(0x[0-9a-f]{1,16})/gm,
  )) {
    add(name!, BigInt(address!));
  }
  for (const [, address, name] of shown.matchAll(/^([0-9a-f]{16}) (?:[0-9a-f]{16} )?[A-Za-z] ([A-Za-z_.$][\w.$]*)\s*$/gm)) {
    add(name!, BigInt('0x' + address!));
  }
  const root = /^cr3\s+(0x[0-9a-f]{1,16})\b/m.exec(shown) ?? /\bCR3=([0-9a-f]{16})\b/.exec(shown);
  return {
    symbols,
    heaps: heapsIn(shown),
    ...(root !== null && {
      pageTableRoot: BigInt(root[1]!.startsWith('0x') ? root[1]! : '0x' + root[1]!) & 0x000f_ffff_ffff_f000n,
    }),
    config: layoutsIn(shown),
  };
}

/** What was registered comes before what some variable held. */
function heapsIn(text: string): bigint[] {
  const patterns = [
    /_uk_alloc_head\s*\n(?:~")?\$\d+ = \(struct uk_alloc \*\) (0x[0-9a-f]{1,16})/g,
    /ukplat_memallocator_set \(a=(0x[0-9a-f]{1,16})\)/g,
    /\(struct uk_alloc \*\) (0x[0-9a-f]{1,16})/g,
  ];
  const found = patterns.flatMap((p) => [...text.matchAll(p)].map((m) => BigInt(m[1]!)));
  return [...new Set(found)].filter((a) => a !== 0n).slice(0, 16);
}

/** `ptype /o struct uk_alloc` and `struct ukplat_memregion_desc`: their members are there only with their options. */
function layoutsIn(text: string): Config {
  const config: Record<string, string> = {};
  const body = (struct: string): string | undefined =>
    new RegExp(String.raw`type = struct ${struct} \{\n([^]*?)\n\s*\}\s*(?:\n|$)`).exec(text)?.[1];
  const alloc = body('uk_alloc');
  if (alloc !== undefined) {
    config.CONFIG_LIBUKALLOC_IFMALLOC = /\bmalloc_backend\b/.test(alloc) ? 'y' : 'n';
    config.CONFIG_LIBUKALLOC_IFSTATS = /\b_stats\b/.test(alloc) ? 'y' : 'n';
  }
  const descriptor = body('ukplat_memregion_desc');
  if (descriptor !== undefined) config.CONFIG_UKPLAT_MEMRNAME = /\bname\b/.test(descriptor) ? 'y' : 'n';
  return config;
}
