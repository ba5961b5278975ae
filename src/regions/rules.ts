// What each check of a region holds it against: the rule, who makes it, and what heap_init asserts of it, by release. One text for
// the editor's hovers and for docs/region-rules.md.

import { regionAssertions } from './assertions';
import { RELEASES } from './release';
import type { Release } from './release';

interface Rule {
  /** As a sentence that holds where nothing is wrong. */
  readonly title: string;
  /** Why it is so, and what comes of breaking it. */
  readonly text: string;
  /** Assertions that hold it, by their text. */
  readonly asserted?: RegExp;
}

/** By the code of the problem. */
export const RULES: Readonly<Record<string, Rule>> = {
  misaligned: {
    title: 'A region begins and ends at a page',
    text:
      'Memory is mapped and protected by pages of 4096 bytes, so `pbase`, `vbase` and, of free memory, `len` are multiples of that ' +
      '(`base` and `len` up to 0.11). bbuddy rounds a free region inward, page by page; other allocators take it as it is.',
    asserted: /PAGE_ALIGNED|PAGE_MASK/,
  },
  'pg-count': {
    title: 'Page count and length fit each other',
    text:
      'From 0.17 on `pg_count` counts the pages that `pg_off` + `len` reach over. Free memory fills them: `pg_count` · 4096 is `len`, ' +
      'and `pg_off` is 0.',
    asserted: /pg_count|!\(md\)->pg_off|len & /,
  },
  'pg-off-range': {
    title: 'The page offset is in the first page',
    text: '`pg_off` says how far into its first page a resource begins: 0 … 4095.',
    asserted: /pg_off >= 0/,
  },
  'zero-length': {
    title: 'A region covers memory',
    text: 'A descriptor of length 0 says nothing, and an allocator gets an empty heap from it.',
    asserted: /^md->len$/,
  },
  'vbase-differs': {
    title: 'Without paging, a virtual address is the physical one',
    text: 'heap_init hands `vbase` to the allocator. Where that is not `pbase`, the heap lies where this region is not.',
    asserted: /vbase == /,
  },
  'several-types': {
    title: 'A region has exactly one type',
    text: 'Types are single bits, so that a search can ask for several at once; a descriptor has one of them. Up to 0.11 it is FREE or RESERVED.',
    asserted: /mrd type|->type ==/,
  },
  'unknown-type': {
    title: 'The type is one that the release defines',
    text: 'Bits moved between 0.17 and 0.18 (CMDLINE went, those above it shifted down): a number from another release means another type.',
    asserted: /mrd type|->type ==/,
  },
  'unknown-flags': {
    title: 'Flags are ones that the release defines',
    text: 'From 0.17 on they are READ, WRITE and EXECUTE.',
    asserted: /->flags/,
  },
  untyped: {
    title: 'A region that is memory has a type',
    text: 'A descriptor of type 0 asks for a range to be unmapped. heap_init, which asks for FREE, passes over it.',
  },
  'not-allocatable': {
    title: 'Up to 0.11, the heap is made of what is ALLOCATABLE',
    text: 'heap_init asks for all flags of `UKPLAT_MEMRF_ALLOCATABLE` at once: FREE and what the release adds (READABLE, WRITABLE).',
  },
  'free-not-writable': {
    title: 'Free memory can be written',
    text: 'heap_init looks at the type only. An allocator writes its records into the region, whatever the flags say.',
  },
  overlap: {
    title: 'No memory is in two regions',
    text: 'Two free regions that overlap are given to the allocator both: the same bytes are handed out twice. lib/ukboot does not look.',
  },
  'free-over-used': {
    title: 'Free memory is nothing else',
    text: 'Where a free region lies over a used one (kernel, initrd, device tree, …), the heap overwrites that. lib/ukboot does not look.',
  },
  'shared-page': {
    title: 'Two regions do not share a page',
    text: 'Each covers only a part, but what is mapped and protected is the whole page.',
  },
  'out-of-order': {
    title: 'The list is sorted by address',
    text: 'From 0.12 on the kernel sorts its list, and coalescing merges neighbours only. The order also decides which region becomes the heap: the first that an allocator takes.',
  },
  overflow: {
    title: 'A region ends below 2^64',
    text: 'An end at or past 2^64 wraps around in C, and comparisons with it go wrong.',
  },
  'too-large': {
    title: 'A value fits its C type',
    text: 'Addresses and lengths have 64 bits, `type` and `flags` 16 (`flags` up to 0.11: 32). What is beyond is cut off by the compiler.',
  },
  'no-such-address': {
    title: 'An address exists on the machine',
    text: 'With four levels of page tables, virtual addresses are the lowest and the highest 2^47 on x86_64, 2^48 on arm64. Physical ones have at most 52 bits.',
  },
  'outside-mapping': {
    title: 'Free memory lies where the boot page table maps',
    text: 'On KVM that is 4 GiB on x86_64 and 255 GiB on arm64. mem_init cuts off what lies behind.',
  },
  hole: {
    title: 'Memory that exists is in a region',
    text: 'What no region covers is never used. It may be no memory at all (the hole below 4 GiB of a PC), or the list has lost it: coalescing drops the second of two overlapping regions of one kind.',
  },
  'other-era': {
    title: 'Descriptors are of the release’s own kind',
    text: 'Classic ones (`base`, `len`, `flags`) up to 0.11, typed ones (`pbase`, `vbase`, `len`, `type`, `flags`) in 0.12 to 0.16, paged ones (`pg_off` and `pg_count` beside them) from 0.17 on.',
  },
  assertion: {
    title: 'heap_init’s assertions hold',
    text: 'Of every region that it takes. One that fails stops the boot, in a build with assertions.',
    asserted: /./,
  },
  'unknown-value': {
    title: 'The simulation needs numbers',
    text: 'A field whose value cannot be known from the source (an expression, a variable) is not guessed: the region is left out.',
  },
};

/** Releases from which on heap_init asserts something else. */
const ASSERTING: readonly (readonly [Release, string])[] = [
  ['0.17.0', 'from 0.17 on'],
  ['0.15.0', 'in 0.15 and 0.16'],
];

/** The rules behind problems, each once, as Markdown. @param release whose assertions are told first */
export function rulesMarkdown(codes: readonly string[], release: Release): string {
  const known = [...new Set(codes)].flatMap((code) => (Object.hasOwn(RULES, code) ? [[code, RULES[code]!] as const] : []));
  return known.map(([code, rule]) => section(code, rule, release)).join('\n');
}

/** Every rule, as docs/region-rules.md has them. */
export function allRulesMarkdown(): string {
  const head =
    '# What a region is held against\n\n' +
    'Rules by the code that a problem has in the editor and in `ukboot regions`. **Show the rule** in a hover opens those that a region breaks. ' +
    'Who makes a rule stands with it; what heap_init (lib/ukboot/boot.c; `UK_ASSERT_VALID_FREE_MRD` in include/uk/plat/memory.h) asserts is given in its own words.\n\n';
  return head + rulesMarkdown(Object.keys(RULES), RELEASES[0]!);
}

function section(code: string, { title, text, asserted }: Rule, release: Release): string {
  const lines = [`## ${title}`, '', `\`${code}\`: ${text}`, ''];
  if (asserted === undefined) return lines.join('\n');
  const [first, ...others] = [...ASSERTING].sort(([a], [b]) => Number(same(b, release)) - Number(same(a, release)));
  for (const [from, when] of [first!, ...others]) {
    const held = conditions(asserted, from);
    if (held.length > 0) lines.push(`heap_init asserts ${when}:`, '', ...held.map((c) => `- \`${c}\``), '');
  }
  lines.push('Other releases assert nothing of it.', '');
  return lines.join('\n');
}

function conditions(asserted: RegExp, release: Release): string[] {
  return regionAssertions(release).flatMap(({ text }) => (asserted.test(text) ? [text] : []));
}

/** Do two releases assert the same? */
function same(a: Release, b: Release): boolean {
  return regionAssertions(a) === regionAssertions(b);
}
