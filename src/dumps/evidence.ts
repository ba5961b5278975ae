// What narrows the releases that a heap may be of, beside its own structures: the headers of its blocks, the descriptors of the boot, and
// symbols that came or went with a release.

import { ukAllocProfile } from '../allocators/layers/profiles';
import type { MemoryImage } from '../memory/image';
import type { Reader } from '../memory/reader';
import { BOOTINFO_OVERLAP, bootinfosIn } from '../readers/descriptor-array';
import type { RegionMap } from '../regions/descriptor';
import { eraOf } from '../regions/eras';
import { compareReleases, RELEASES, type Architecture, type Release } from '../regions/release';
import { optionsOf, type Check, type KnownBuild, type Reading } from './recognise';

/** Releases that one piece of evidence allows, and what it says. */
export interface Narrowing {
  readonly by: string;
  readonly says: string;
  readonly allows: (release: Release) => boolean;
}

/** Blocks with headers that must be there before their form says something. */
const LEAST_HEADERS = 2;

/**
 * The form of the header in front of a payload of the ifpages layer: read under each form that the releases have, the right one makes
 * sense of more blocks than the others.
 */
export function blockHeaders(reader: Reader, heap: bigint, reading: Reading, known: KnownBuild): Narrowing | undefined {
  if (reading.allocator.id !== 'bbuddy') return undefined;
  const forms = new Map<string, { release: Release; count: number }>();
  for (const release of reading.releases) {
    const { header } = ukAllocProfile(release);
    const key = `${header.size}/${header.payload}`;
    if (forms.has(key)) continue;
    const options = optionsOf(reading.allocator, release, { ...known, config: { ...known.config, ...reading.config } });
    const { blocks } = reading.allocator.decode(reader, heap, options);
    let count = 0;
    for (let i = 0; i < blocks.length; i++) if (blocks.state(i) === 'used' && blocks.payload(i) !== blocks.base(i)) count++;
    forms.set(key, { release, count });
  }
  const most = Math.max(...[...forms.values()].map((f) => f.count));
  const best = [...forms].filter(([, f]) => f.count === most);
  if (most < LEAST_HEADERS || best.length === forms.size) return undefined;
  const keys = new Set(best.map(([key]) => key));
  const { header } = ukAllocProfile(best[0]![1].release);
  return {
    by: 'block headers',
    says: `${most} blocks begin with a header of ${header.size} bytes as the ifpages layer writes it`,
    allows: (release) => keys.has(`${ukAllocProfile(release).header.size}/${ukAllocProfile(release).header.payload}`),
  };
}

/** Size and form of the region descriptors, and how their types are numbered. */
export function descriptorForm(map: RegionMap | undefined): readonly Narrowing[] {
  const era = map?.descriptors[0]?.era;
  if (map === undefined || era === undefined) return [];
  const found: Narrowing[] = [
    {
      by: 'descriptors',
      says: `the ${map.descriptors.length} region descriptors are ${FORMS[era]}`,
      allows: (release) => eraOf(release) === era,
    },
  ];
  if (era !== 'paged') return found;
  const numbering = numberingOf(map);
  if (numbering !== undefined) {
    const old = numbering === 'old';
    found.push({
      by: 'descriptor types',
      says: `the boot stack is a region of type 0x${old ? '40' : '20'}, as ${old ? 'in 0.17' : 'from 0.18 on'}`,
      allows: (release) => compareReleases(release, '0.18.0') < 0 === old,
    });
  }
  return found;
}

const FORMS = {
  classic: 'classic ones (base, len, flags: up to 0.11)',
  typed: 'typed ones without page offsets (0.12 to 0.16)',
  paged: 'typed ones with page offset and count (0.17 and later)',
} as const;

/** The boot stack is the region of several pages that can be read and written: STACK is 0x40 in 0.17 and 0x20 from 0.18 on. */
function numberingOf(map: RegionMap): 'old' | 'new' | undefined {
  const is = (type: bigint): boolean =>
    map.descriptors.some(
      ({ fields }) => fields.type?.value === type && fields.flags?.value === 3n && (fields.len?.value ?? 0n) > 4096n,
    );
  if (is(0x40n)) return 'old';
  return is(0x20n) ? 'new' : undefined;
}

/** The entry point of ukboot was renamed in 0.18, and the command line is kept in `boot_argv` from there on. */
export function symbolNames(symbols: ReadonlyMap<string, bigint> | undefined): Narrowing | undefined {
  if (symbols === undefined) return undefined;
  const old = symbols.has('ukplat_entry_argp');
  const recent = ['uk_boot_early_init', 'boot_argv'].find((name) => symbols.has(name));
  if (!old && recent === undefined) return undefined;
  const is17 = old && recent === undefined;
  return {
    by: 'symbols',
    says: is17 ? 'there is a function ukplat_entry_argp (up to 0.17)' : `there is a symbol ${recent!} (0.18 and later)`,
    allows: (release) => compareReleases(release, '0.18.0') < 0 === is17,
  };
}

/** No kernel's data lie further from its code. */
const KERNEL_REACH = 2n ** 26n;

/**
 * Every kernel from 0.12 on keeps a bootinfo header in its data. Where the dump holds the kernel's memory (the functions that the heap
 * names lie in it) and no such header is anywhere, the kernel is older.
 */
export function noBootinfo(image: MemoryImage, reading: Reading, map: RegionMap | undefined): Narrowing | undefined {
  if (map !== undefined && map.descriptors.length > 0) return undefined;
  const code = reading.header.callbacks.malloc ?? 0n;
  if (image.present(code, code + 16n).length === 0) return undefined;
  const reader = image.reader();
  const around = { base: code > KERNEL_REACH ? code - KERNEL_REACH : 0n, end: code + KERNEL_REACH };
  for (const piece of image.pieces(2 ** 20, BOOTINFO_OVERLAP, around))
    if (bootinfosIn(piece, reader).length > 0) return undefined;
  return {
    by: 'bootinfo',
    says: 'the dump holds the kernel, and no bootinfo header is in it: up to 0.11 there was none',
    allows: (release) => eraOf(release) === 'classic',
  };
}

/** Releases that are worth trying: the one that was said, else those with descriptors of the form that was found. */
export function possibleReleases(said: Release | undefined, map: RegionMap | undefined): readonly Release[] {
  if (said !== undefined) return [said];
  const possible = RELEASES.filter((r) => descriptorForm(map).every((n) => n.allows(r)));
  return possible.length > 0 ? possible : RELEASES;
}

/** Applies evidence in turn; what would leave nothing is kept out, and its check does not hold. */
export function narrow(
  releases: readonly Release[],
  evidence: readonly Narrowing[],
): { readonly releases: readonly Release[]; readonly checks: readonly Check[] } {
  let left = releases;
  const checks: Check[] = [];
  for (const { by, says, allows } of evidence) {
    const allowed = left.filter(allows);
    const holds = allowed.length > 0;
    if (holds) left = allowed;
    checks.push({ about: 'release', by, says, holds });
  }
  return { releases: left, checks };
}

/** Where RAM begins tells the machine: QEMU's arm64 `virt` has it at 1 GiB, and nothing but devices below. */
export function archOf(map: RegionMap | undefined): Architecture | undefined {
  const bases = (map?.descriptors ?? []).flatMap(({ fields }) => {
    const type = fields.type?.value;
    const base = (fields.pbase ?? fields.base)?.value;
    return base === undefined || type === 2n || type === 0x80n ? [] : [base];
  });
  if (bases.length === 0) return undefined;
  return bases.every((b) => b >= 0x4000_0000n) ? 'arm64' : 'x86_64';
}

/** Releases as people say a range: `0.14.0 … 0.19.1`. */
export function releasesText(releases: readonly Release[]): string {
  const sorted = [...releases].sort(compareReleases);
  return sorted.length <= 1 ? (sorted[0] ?? 'none') : `${sorted[0]!} … ${sorted.at(-1)!}`;
}
