// A failed assertion of heap_init, with the values put in.

import type { Sum } from '../allocators/reasoning';
import { hex } from '../memory/address';
import { assertionFailures } from '../regions/assertions';
import type { Region } from '../regions/descriptor';
import { compareReleases, type Release } from '../regions/release';
import { countText } from '../regions/text';

const PAGE = 4096n;

export interface FailedAssertion {
  readonly answer: string;
  readonly sums: readonly Sum[];
  readonly change: readonly string[];
}

/** The first assertion of heap_init that a free region fails; undefined when it passes all. */
export function failedAssertion(region: Region, release: Release): FailedAssertion | undefined {
  const failure = assertionFailures(region, release)[0];
  if (failure === undefined) return undefined;
  const sum: Sum = { text: failure.text, note: 'as the kernel asserts it', decides: true };
  const earlier =
    compareReleases(release, '0.17.0') >= 0
      ? 'Releases before 0.15 assert nothing here.'
      : 'Releases before 0.15 assert nothing, and round the region inward.';
  return {
    answer: `heap_init asserts \`${failure.text}\` of every free region, and this one does not hold it.`,
    sums: [...valuesOf(region, failure.field), sum],
    change: [fixOf(region, failure.field), earlier],
  };
}

function valuesOf(region: Region, field: string): Sum[] {
  const { pbase, vbase, len, pgOff, pgCount, type, flags } = region;
  switch (field) {
    case 'len':
      return [pagesSum('len', len)];
    case 'pg_count':
      return [
        { text: `pg_count · 4096 = ${countText(pgCount)} · 4096 = ${hex(pgCount * PAGE)}`, note: 'what its pages hold' },
        pagesSum('len', len),
      ];
    case 'pg_off':
      return [{ text: `pg_off = ${countText(pgOff)}`, note: 'where the resource begins in its first page' }];
    case 'vbase':
      return [
        {
          text: `vbase = ${hex(vbase)}`,
          note: vbase % PAGE === 0n ? 'page-aligned' : `${countText(vbase % PAGE)} bytes into a page`,
        },
        { text: `pbase = ${hex(pbase)}`, note: vbase === pbase ? 'the same' : 'another address' },
      ];
    case 'pbase':
      return [{ text: `pbase = ${hex(pbase)}`, note: `${countText(pbase % PAGE)} bytes into a page` }];
    case 'flags':
      return [{ text: `flags = 0x${flags.toString(16)}`, note: 'READ 0x1, WRITE 0x2 and EXECUTE 0x4 are all there are' }];
    default:
      return [{ text: `type = 0x${type.toString(16)}`, note: 'a region has exactly one type' }];
  }
}

function pagesSum(name: string, len: bigint): Sum {
  return {
    text: `${name} = ${hex(len)} = ${countText(len / PAGE)} pages + ${countText(len % PAGE)} bytes`,
    note: len % PAGE === 0n ? 'whole pages' : 'not whole pages',
  };
}

function fixOf({ pbase, len }: Region, field: string): string {
  switch (field) {
    case 'len':
    case 'pg_count':
      return len < PAGE
        ? 'A length of one whole page or more.'
        : `A length of ${hex(len & -PAGE)}, and a page count of ${countText(len / PAGE)}.`;
    case 'vbase':
      return `A vbase of ${hex(pbase & -PAGE)}.`;
    case 'pbase':
      return `A pbase of ${hex((pbase + PAGE - 1n) & -PAGE)}.`;
    case 'pg_off':
      return 'A page offset of 0.';
    default:
      return 'The type FREE alone, and no other flags.';
  }
}
