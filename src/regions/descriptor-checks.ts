// What is wrong with one region descriptor by itself: its bits, its numbers, and what heap_init asserts of it.

import { PAGE_SIZE, hex } from '../memory/address';
import { regionAssertions } from './assertions';
import type { RegionAssertion } from './assertions';
import type { Descriptor, Era, FieldName, Region } from './descriptor';
import { FLAG_WRITE, TYPE_FREE, eraOf, flagNames, isHeapCandidate, profileOfEra, typeName, unknownBits } from './eras';
import type { EraProfile } from './eras';
import type { Severity } from './problem';
import type { Architecture, Release } from './release';

/** One thing that is wrong, at one field of the descriptor (or at all of it). */
export interface Finding {
  readonly severity: Severity;
  readonly code: string;
  readonly field?: FieldName;
  readonly message: string;
  /** The condition that heap_init asserts and that fails here, as the kernel prints it: the boot stops. */
  readonly assertion?: string;
}

/** What decides whether something is wrong. */
export interface CheckContext {
  readonly arch: Architecture;
  /** The profile for the descriptor's era. */
  readonly profile: EraProfile;
  /** heap_init maps frames and looks at no descriptor. */
  readonly paging: boolean;
  /** What heap_init asserts of each region that it takes. */
  readonly assertions: readonly RegionAssertion[];
}

export function checkContext(era: Era, release: Release, arch: Architecture, paging: boolean): CheckContext {
  const asserted = !paging && era === eraOf(release);
  return { arch, profile: profileOfEra(era, release), paging, assertions: asserted ? regionAssertions(release) : [] };
}

const PAGE = BigInt(PAGE_SIZE);
/** 2^64 */
export const TOP = 1n << 64n;
/** First value that a field of so many bytes cannot hold. */
const LIMITS = { 2: 1n << 16n, 4: 1n << 32n, 8: TOP } as const;
/** Size of the lower and of the upper half of the virtual addresses, with four levels of page tables. */
const VIRTUAL_HALF: Readonly<Record<Architecture, bigint>> = { x86_64: 1n << 47n, arm64: 1n << 48n };
/** Physical addresses have at most 52 bits on both. */
const PHYSICAL_END = 1n << 52n;
/** `vbase` of a free region that was given to the frame allocator. */
export const NO_VBASE = TOP - 1n;

/** Values that do not fit their C type, or are no address. Works on incomplete descriptors too. */
export function* valueFindings(descriptor: Descriptor, { arch, profile }: CheckContext): Generator<Finding> {
  for (const { name, bytes } of profile.layout.fields) {
    const value = descriptor.fields[name]?.value;
    if (value === undefined) continue;
    if (value < 0n || value >= LIMITS[bytes]) {
      const shown = value < 0n ? String(value) : `0x${value.toString(16)}`;
      yield {
        severity: 'error',
        code: 'too-large',
        field: name,
        message: `\`${name}\` is ${shown}, which does not fit its ${8 * bytes} bits.`,
      };
    } else if (value >= VIRTUAL_HALF[arch] && !isAddress(name, value, arch)) {
      const message = `\`${name}\` ${hex(value)} is no address on ${arch}.`;
      yield { severity: 'warning', code: 'no-such-address', field: name, message };
    }
  }
}

/** Could it be one? Fields that are no addresses always could. */
function isAddress(name: FieldName, value: bigint, arch: Architecture): boolean {
  if (name === 'pbase' && value < PHYSICAL_END) return true;
  return (name !== 'base' && name !== 'pbase' && name !== 'vbase') || value >= TOP - VIRTUAL_HALF[arch];
}

/** Fields without a number: the boot cannot be simulated with this region. */
export function* missingFindings(descriptor: Descriptor, { profile }: CheckContext): Generator<Finding> {
  for (const { name } of profile.layout.fields) {
    const field = descriptor.fields[name];
    if (field?.value !== undefined) continue;
    const what = field === undefined || field.text === '' ? 'is not given' : `is \`${field.text}\`, whose value is not known`;
    yield {
      severity: 'info',
      code: 'unknown-value',
      field: name,
      message: `\`${name}\` ${what}; the simulation leaves this region out.`,
    };
  }
}

/** All findings on a descriptor whose numbers are known. */
export function* regionFindings(region: Region, context: CheckContext): Generator<Finding> {
  const candidate = isHeapCandidate(region.type, region.flags, context.profile);
  const failures = candidate ? context.assertions.filter((a) => !a.holds(region, context.profile)) : [];
  const findings = [
    ...(context.profile.era === 'classic' ? classicBits(region, context.profile) : typedBits(region, context.profile)),
    ...addresses(region, candidate, context),
    ...(context.profile.era === 'paged' ? pages(region, candidate) : []),
    ...end(region, context.profile),
  ];
  for (const finding of findings) {
    const at = failures.findIndex((f) => f.field === finding.field);
    const [failure] = at < 0 ? [] : failures.splice(at, 1);
    if (failure === undefined) yield finding;
    else yield { ...finding, severity: 'error', message: finding.message + stops(failure), assertion: failure.text };
  }
  for (const failure of failures) {
    const message = `\`${failure.field}\` is not as heap_init wants it.` + stops(failure);
    yield { severity: 'error', code: 'assertion', field: failure.field, message, assertion: failure.text };
  }
}

function stops({ kind, text }: { readonly kind: 'assert' | 'crash'; readonly text: string }): string {
  return kind === 'assert' ? ` heap_init asserts \`${text}\`: the boot stops here.` : ` heap_init crashes here with “${text}”.`;
}

function* classicBits({ flags }: Region, profile: EraProfile): Generator<Finding> {
  yield* strangeFlags(flags, profile);
  if ((flags & 3) === 3)
    yield { severity: 'error', code: 'several-types', field: 'flags', message: 'FREE and RESERVED at once.' };
  if ((flags & 1) !== 0 && !isHeapCandidate(0, flags, profile)) {
    const message = `FREE, but not ALLOCATABLE (it has only ${flagNames(flags, profile).join(', ')}): heap_init passes over it.`;
    yield { severity: 'info', code: 'not-allocatable', field: 'flags', message };
  }
}

function* typedBits({ type, flags, vbase }: Region, profile: EraProfile): Generator<Finding> {
  const { types, from } = profile;
  const strange = unknownBits(type, types);
  const shown = `Type 0x${type.toString(16)}`;
  if (type === 0) {
    const message = 'Type 0 is not memory but a request to unmap: heap_init passes over it.';
    yield { severity: 'info', code: 'untyped', field: 'type', message };
  } else if (strange !== 0) {
    const known = types.map((t) => t.name).join(', ');
    const message = `${shown} has bits that releases from ${from} on do not define: 0x${strange.toString(16)}. Types are ${known}.`;
    yield { severity: 'error', code: 'unknown-type', field: 'type', message };
  } else if ((type & (type - 1)) !== 0) {
    const message = `${shown} is ${typeName(type, profile)}, but a region has exactly one type.`;
    yield { severity: 'error', code: 'several-types', field: 'type', message };
  }
  yield* strangeFlags(flags, profile);
  if ((type & TYPE_FREE) !== 0 && (flags & FLAG_WRITE) === 0 && vbase !== NO_VBASE) {
    const message = 'FREE without WRITE: heap_init looks at no permission and uses it all the same.';
    yield { severity: 'info', code: 'free-not-writable', field: 'flags', message };
  }
}

function* strangeFlags(flags: number, { flags: known, from }: EraProfile): Generator<Finding> {
  const strange = unknownBits(flags, known);
  if (strange === 0) return;
  const names = known.map((f) => f.name).join(', ');
  const message = `Flags 0x${flags.toString(16)} have bits that releases from ${from} on do not define: 0x${strange.toString(16)}. Flags are ${names}.`;
  yield { severity: 'warning', code: 'unknown-flags', field: 'flags', message };
}

/** Alignment, and where the heap would lie. */
function* addresses(region: Region, candidate: boolean, { profile, paging }: CheckContext): Generator<Finding> {
  const { pbase, vbase, len } = region;
  const base = profile.era === 'classic' ? 'base' : 'pbase';
  const effect = candidate
    ? 'bbuddy rounds inward, other allocators take it as it is.'
    : 'It shares a page with what lies beside it.';
  const severity = profile.era === 'paged' ? 'error' : candidate ? 'warning' : 'info';
  const mapped = vbase !== NO_VBASE;
  if (pbase % PAGE !== 0n) {
    yield { severity, code: 'misaligned', field: base, message: `\`${base}\` ${hex(pbase)} is not page-aligned. ${effect}` };
  }
  if (vbase % PAGE !== 0n && vbase !== pbase && mapped) {
    yield { severity, code: 'misaligned', field: 'vbase', message: `\`vbase\` ${hex(vbase)} is not page-aligned.` };
  }
  if (len === 0n) {
    yield { severity: 'warning', code: 'zero-length', field: 'len', message: '`len` is 0: the region covers nothing.' };
  } else if (candidate && profile.era !== 'paged' && len % PAGE !== 0n) {
    const message = `\`len\` ${hex(len)} is not a whole number of pages. ${effect}`;
    yield { severity: 'warning', code: 'misaligned', field: 'len', message };
  }
  if (candidate && vbase !== pbase && mapped && !paging) {
    const message = `\`vbase\` ${hex(vbase)} is not \`pbase\` ${hex(pbase)}: the heap would lie at \`vbase\`.`;
    yield { severity: 'info', code: 'vbase-differs', field: 'vbase', message };
  }
}

/** Page offset and count, which 0.17 brought. */
function* pages({ pgOff, len, pgCount }: Region, candidate: boolean): Generator<Finding> {
  if (pgOff < 0n || pgOff >= PAGE) {
    const message = `\`pg_off\` ${pgOff} is not in the first page (0 … 4095).`;
    yield { severity: 'error', code: 'pg-off-range', field: 'pg_off', message };
  }
  const covered = (pgOff + len + PAGE - 1n) / PAGE;
  if (covered !== pgCount) {
    const message = `\`pg_off\` + \`len\` reach over ${covered} pages, but \`pg_count\` is ${pgCount}.`;
    yield { severity: 'error', code: 'pg-count', field: 'pg_count', message };
  } else if (candidate && pgCount * PAGE !== len) {
    const message = `\`len\` ${hex(len)} does not fill its ${pgCount} pages, as a free region must.`;
    yield { severity: 'error', code: 'pg-count', field: 'pg_count', message };
  }
}

function* end({ pbase, pgOff, len, pgCount }: Region, { era }: EraProfile): Generator<Finding> {
  const bytesEnd = pbase + (era === 'paged' && pgOff > 0n ? pgOff : 0n) + len;
  const pagesEnd = era === 'paged' ? pbase + pgCount * PAGE : bytesEnd;
  const last = bytesEnd > pagesEnd ? bytesEnd : pagesEnd;
  if (last > TOP) {
    const message = `It ends at 0x${last.toString(16)}, past 2^64; in C that is ${hex(last - TOP)}.`;
    yield { severity: 'error', code: 'overflow', field: bytesEnd > TOP ? 'len' : 'pg_count', message };
  } else if (last === TOP) {
    const message = 'It ends at 2^64, which is 0 in C: comparisons with its end go wrong.';
    yield { severity: 'warning', code: 'overflow', field: 'len', message };
  }
}
