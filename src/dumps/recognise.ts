// Which allocator of which release stands at a heap's address? Told from the structures alone, by checks that do not depend on each
// other: the struct uk_alloc, what the allocator keeps behind it, the headers of its blocks, the descriptors of the boot, and the names
// of the functions where symbols are there.

import { ALLOCATORS, allocatorFor, buildOptions } from '../allocators/registry';
import { ukAllocProfile } from '../allocators/layers/profiles';
import type { Allocator, AllocatorOptions, Recognition } from '../allocators/ukalloc';
import { hex } from '../memory/address';
import type { Reader } from '../memory/reader';
import type { AllocatorId } from '../regions/allocator-id';
import { DEFAULT_RELEASE, isSet, RELEASES, type Architecture, type Config, type Release } from '../regions/release';
import { headerForm, readHeader, type Header } from './header';

/** One thing that was looked at, and what it says. */
export interface Check {
  readonly about: 'heap' | 'allocator' | 'release' | 'options';
  /** What was looked at: `struct uk_alloc`, `private structure`, `descriptors`, `symbols`, `block headers`. */
  readonly by: string;
  /** A sentence with what was found. */
  readonly says: string;
  /** Does it agree with what the heap is read as? */
  readonly holds: boolean;
}

/** A way to read a heap that fits what stands there. */
export interface Reading {
  readonly allocator: Allocator;
  /** Releases whose heaps look like this one, newest first. */
  readonly releases: readonly Release[];
  /** What the structures tell of the configuration. */
  readonly config: Config;
  readonly header: Header;
  readonly recognition: Recognition;
}

/** What is known before memory is looked at: it narrows what is tried. */
export interface KnownBuild {
  readonly allocator?: AllocatorId;
  readonly release?: Release;
  readonly arch?: Architecture;
  readonly config: Config;
  readonly symbols?: ReadonlyMap<string, bigint>;
}

const IFMALLOC = 'CONFIG_LIBUKALLOC_IFMALLOC';
const IFSTATS = 'CONFIG_LIBUKALLOC_IFSTATS';

/** The layouts of struct uk_alloc that options make, the usual one first. */
const VARIANTS: readonly Config[] = [
  { [IFMALLOC]: 'n', [IFSTATS]: 'n' },
  { [IFMALLOC]: 'n', [IFSTATS]: 'y' },
  { [IFMALLOC]: 'y', [IFSTATS]: 'n' },
  { [IFMALLOC]: 'y', [IFSTATS]: 'y' },
];

/** Releases that stand for all when a place is only tried: one of each struct uk_alloc and each private structure. */
export const SAMPLE_RELEASES: readonly Release[] = ['0.17.0', '0.20.0', '0.10.0', '0.5.0', '0.4.0', '0.3.1'];

/** Every reading that fits, best first; none when no allocator's heap stands there. */
export function readingsAt(
  reader: Reader,
  heap: bigint,
  known: KnownBuild,
  releases: readonly Release[] = known.release === undefined ? RELEASES : [known.release],
): Reading[] {
  const found: Reading[] = [];
  const headers = new Headers(reader, heap);
  const allocators = known.allocator === undefined ? ALLOCATORS : ALLOCATORS.filter((a) => a.id === known.allocator);
  for (const allocator of allocators) {
    // Oscar is looked for in what its canonical heap gave out: a decode, which is worth it only over a heap that was recognised.
    const costly = allocator.id === 'oscar' && known.allocator !== 'oscar';
    if (costly && found.length === 0) continue;
    for (const variant of variantsFor(known.config)) {
      if (allocator.selects?.includes(IFMALLOC) === true && !isSet(variant, IFMALLOC)) continue;
      const reading = readingAs(
        headers,
        allocator,
        { ...known, config: { ...known.config, ...variant } },
        costly ? releasesOf(found) : releases,
      );
      if (reading !== undefined)
        found.push({ ...reading, config: { ...told(allocator, variant), ...reading.recognition.config } });
    }
  }
  return found.sort((a, b) => b.recognition.words - a.recognition.words || b.releases.length - a.releases.length);
}

function variantsFor(config: Config): readonly Config[] {
  // A configuration that sets one of them, or says much else, is whole: what it leaves out is off.
  const whole = Object.keys(config).length > 20;
  return VARIANTS.filter((v) =>
    [IFMALLOC, IFSTATS].every((s) => (config[s] === undefined && !whole) || isSet(config, s) === isSet(v, s)),
  );
}

/** Of the variant only what the allocator leaves open. */
function told(allocator: Allocator, variant: Config): Config {
  return Object.fromEntries(Object.entries(variant).filter(([symbol]) => !allocator.selects?.includes(symbol)));
}

function releasesOf(readings: readonly Reading[]): readonly Release[] {
  return readings[0]!.releases.slice(0, 1);
}

/** What stands at an address, looked at once in each form. */
class Headers {
  readonly reader: Reader;
  readonly heap: bigint;
  private readonly found = new Map<string, Header | undefined>();

  constructor(reader: Reader, heap: bigint) {
    this.reader = reader;
    this.heap = heap;
  }

  as(release: Release, config: Config): Header | undefined {
    const form = headerForm(release, config);
    if (!this.found.has(form.key)) this.found.set(form.key, readHeader(this.reader, this.heap, form));
    return this.found.get(form.key);
  }
}

function readingAs(
  headers: Headers,
  allocator: Allocator,
  known: KnownBuild,
  releases: readonly Release[],
): Omit<Reading, 'config'> | undefined {
  const fitting: Release[] = [];
  let header: Header | undefined;
  let recognition: Recognition | undefined;
  for (const release of releases) {
    if (release === '0.2.0') continue;
    const here = headers.as(release, known.config);
    if (here === undefined || !suits(allocator, here) || allocator.profile(release) === undefined) continue;
    const found = allocator.recognise(headers.reader, headers.heap, optionsOf(allocator, release, known));
    if (found === undefined || (recognition !== undefined && found.words < recognition.words)) continue;
    if (recognition !== undefined && found.words > recognition.words) fitting.length = 0;
    fitting.push(release);
    [header, recognition] = [here, found];
  }
  return header && recognition && { allocator, releases: fitting, header, recognition };
}

/** The options that a build with this allocator has. */
export function optionsOf(allocator: Allocator, release: Release, known: KnownBuild): AllocatorOptions {
  return buildOptions(allocator, {
    release,
    arch: known.arch ?? 'x86_64',
    config: known.config,
    ...(known.symbols && { symbols: known.symbols }),
  });
}

/** Are the functions that this allocator has there, and those that it has not NULL? */
function suits(allocator: Allocator, { callbacks }: Header): boolean {
  const { maxalloc, availmem, addmem } = callbacks;
  switch (allocator.id) {
    case 'bbuddy':
      return addmem !== 0n;
    case 'region':
      return maxalloc === undefined || (maxalloc !== 0n && maxalloc === availmem);
    case 'tlsf':
    case 'tinyalloc':
    case 'mimalloc':
      return addmem === 0n;
    default:
      return true;
  }
}

/** Of the releases that look alike, the one to read as: what was said, else the usual one, else the newest. */
export function releaseOf(reading: Reading, wanted: Release | undefined): Release {
  if (wanted !== undefined) return wanted;
  return reading.releases.includes(DEFAULT_RELEASE) ? DEFAULT_RELEASE : reading.releases[0]!;
}

/** What the two structures say, as checks. */
export function checksOf(reading: Reading, heap: bigint): Check[] {
  const { allocator, header, recognition, releases } = reading;
  const count = Object.values(header.callbacks).filter((a) => a !== 0n).length;
  const profile = ukAllocProfile(releases[0]!).struct;
  return [
    {
      about: 'heap',
      by: 'struct uk_alloc',
      says: `${hex(heap)} begins with ${count} functions of one kernel and ${header.next === 0n ? 'no further allocator' : `a further allocator at ${hex(header.next)}`}: a struct uk_alloc of ${header.layout.size} bytes (${profile})`,
      holds: true,
    },
    { about: 'allocator', by: 'private structure', says: `${allocator.title}: ${recognition.says}`, holds: true },
  ];
}

/** Functions that only one allocator has. */
const FUNCTIONS: readonly (readonly [AllocatorId, RegExp])[] = [
  ['mimalloc', /mimalloc/],
  ['tlsf', /tlsf/],
  ['tinyalloc', /tinyalloc/],
  ['oscar', /oscar|wilde|shim/],
  ['bbuddy', /bbuddy/],
  ['region', /allocregion/],
];

/** What the names of the heap's functions say, where symbols tell them. */
export function functionCheck(reading: Reading, symbols: ReadonlyMap<string, bigint> | undefined): Check | undefined {
  if (symbols === undefined || symbols.size === 0) return undefined;
  const addresses = new Set(Object.values(reading.header.callbacks).filter((a) => a !== 0n));
  const names = [...symbols].filter(([, address]) => addresses.has(address)).map(([name]) => name);
  const found = FUNCTIONS.find(([, pattern]) => names.some((n) => pattern.test(n)));
  if (found === undefined) return undefined;
  const [id, pattern] = found;
  const name = names.find((n) => pattern.test(n))!;
  const title = allocatorFor(id)?.title ?? id;
  return {
    about: 'allocator',
    by: 'symbols',
    says: `${title}: one of the heap's functions is ${name}`,
    holds: id === reading.allocator.id,
  };
}
