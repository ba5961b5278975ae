// Macros that platform code takes from Unikraft's headers, by their usual meaning. A text's own #define, or one in a header that is
// given, goes before these.
//
// The values are those of x86_64 and arm64, which agree: 4 KiB pages, 2 MiB large and 1 GiB huge ones.
// Sources: include/uk/essentials.h, include/uk/arch/paging.h, include/uk/page.h, arch/*/include/uk/asm/{limits,paging}.h,
// plat/common/include/uk/plat/common/memory.h.

import { LAST_RELEASE } from '../../regions/release';
import type { Release } from '../../regions/release';
import { macrosOf, profileOfEra } from '../../regions/eras';
import { parseDefine } from './macros';
import type { Macro } from './macros';

const COMMON = [
  '__PAGE_SHIFT 12',
  'PAGE_SHIFT 12',
  'L1_PAGETABLE_SHIFT 12',
  '__PAGE_SIZE 0x1000UL',
  'PAGE_SIZE 0x1000UL',
  '__PAGE_MASK (~(__PAGE_SIZE - 1))',
  'PAGE_MASK (~(PAGE_SIZE - 1))',
  'PAGE_LARGE_SHIFT 21',
  'PAGE_LARGE_SIZE 0x200000UL',
  'PAGE_LARGE_MASK (~(PAGE_LARGE_SIZE - 1))',
  'PAGE_HUGE_SHIFT 30',
  'PAGE_HUGE_SIZE 0x40000000UL',
  'PAGE_HUGE_MASK (~(PAGE_HUGE_SIZE - 1))',
  'ALIGN_UP(v, a) (((v) + (a) - 1) & ~((a) - 1))',
  'ALIGN_DOWN(v, a) ((v) & ~((a) - 1))',
  'IS_ALIGNED(v, a) (((v) & ((a) - 1)) == 0)',
  'ALIGN(v, a) ALIGN_UP(v, a)',
  'ROUND_UP(v, a) (((v) + (a) - 1) / (a) * (a))',
  'ROUND_DOWN(v, a) ((v) / (a) * (a))',
  'ROUNDUP(v, a) ROUND_UP(v, a)',
  'ROUNDDOWN(v, a) ROUND_DOWN(v, a)',
  'roundup(v, a) ROUND_UP(v, a)',
  'rounddown(v, a) ROUND_DOWN(v, a)',
  'DIV_ROUND_UP(v, d) (((v) + (d) - 1) / (d))',
  'PAGE_ALIGN_UP(a) ALIGN_UP((unsigned long)(a), PAGE_SIZE)',
  'PAGE_ALIGN_DOWN(a) ALIGN_DOWN((unsigned long)(a), PAGE_SIZE)',
  'PAGE_ALIGNED(a) IS_ALIGNED((unsigned long)(a), PAGE_SIZE)',
  'PAGE_ALIGN(a) PAGE_ALIGN_UP(a)',
  'PAGE_LARGE_ALIGN_UP(a) ALIGN_UP((unsigned long)(a), PAGE_LARGE_SIZE)',
  'PAGE_LARGE_ALIGN_DOWN(a) ALIGN_DOWN((unsigned long)(a), PAGE_LARGE_SIZE)',
  'PAGE_HUGE_ALIGN_UP(a) ALIGN_UP((unsigned long)(a), PAGE_HUGE_SIZE)',
  'PAGE_HUGE_ALIGN_DOWN(a) ALIGN_DOWN((unsigned long)(a), PAGE_HUGE_SIZE)',
  'PAGE_COUNT(len) DIV_ROUND_UP((len), PAGE_SIZE)',
  'round_pgup(a) ALIGN_UP((a), __PAGE_SIZE)',
  'round_pgdown(a) ALIGN_DOWN((a), __PAGE_SIZE)',
  'PFN_UP(x) (((x) + PAGE_SIZE - 1) >> PAGE_SHIFT)',
  'PFN_DOWN(x) ((x) >> PAGE_SHIFT)',
  'PFN_PHYS(x) ((unsigned long)(x) << PAGE_SHIFT)',
  'MIN(a, b) ((a) < (b) ? (a) : (b))',
  'MAX(a, b) ((a) > (b) ? (a) : (b))',
  'MIN3(a, b, c) MIN(MIN((a), (b)), (c))',
  'MAX3(a, b, c) MAX(MAX((a), (b)), (c))',
  'MIN4(a, b, c, d) MIN(MIN((a), (b)), MIN((c), (d)))',
  'MAX4(a, b, c, d) MAX(MAX((a), (b)), MAX((c), (d)))',
  'min(a, b) MIN(a, b)',
  'max(a, b) MAX(a, b)',
  'BIT(n) (1UL << (n))',
  'likely(x) (x)',
  'unlikely(x) (x)',
  'UINT32_C(x) x##U',
  'UINT64_C(x) x##UL',
  'INT64_C(x) x##L',
  '_AC(x, s) x##s',
  '_UL(x) x##UL',
  '_ULL(x) x##ULL',
  'UL(x) x##UL',
  'ULL(x) x##ULL',
  'NULL ((void *)0)',
  '__NULL ((void *)0)',
  'true 1',
  'false 0',
  '__U32_MAX 0xffffffffU',
  '__U64_MAX 0xffffffffffffffffUL',
  '__S64_MAX 0x7fffffffffffffffL',
  '__SZ_MAX __S64_MAX',
  '__VADDR_MAX __U64_MAX',
  '__PADDR_MAX __U64_MAX',
  '__PTR_MAX __U64_MAX',
  'UINT32_MAX __U32_MAX',
  'UINT64_MAX __U64_MAX',
  'SIZE_MAX __U64_MAX',
  'UINTPTR_MAX __U64_MAX',
  '__STACK_SIZE (__PAGE_SIZE * (1 << CONFIG_STACK_SIZE_PAGE_ORDER))',
  'STACK_SIZE __STACK_SIZE',
  'X86_HI_MEM_START 0xA0000UL',
  'X86_HI_MEM_LEN 0x40000UL',
  'X86_VIDEO_MEM_START 0xA0000UL',
  'X86_VIDEO_MEM_LEN 0x20000UL',
  'X86_BIOS_XROM_START 0xC0000UL',
  'X86_BIOS_XROM_LEN 0x20000UL',
  'X86_BIOS_ROM_START 0xE0000UL',
  'X86_BIOS_ROM_LEN 0x20000UL',
].map((line) => parseDefine(line)!);

/** Every UKPLAT_MEM… macro of any release, to tell "not in this release" from "not known". */
const EVER = new Set((['0.3.1', '0.11.0', '0.16.0', '0.17.0', LAST_RELEASE] as const).flatMap((r) => [...macrosOf(r).keys()]));

/**
 * What is defined before any line of the text: UKPLAT_MEM… with the numbers of `release`, and the common macros.
 * The names of the classic era and of the later ones hardly meet, so the other era's are there as well: a source that does not fit
 * the release can be read (and is told of).
 */
export function preludeFor(release: Release): ReadonlyMap<string, Macro | { readonly ambiguous: string }> {
  const prelude = new Map<string, Macro | { readonly ambiguous: string }>(COMMON.map((m) => [m.name, m]));
  const own = macrosOf(release);
  const classic = macrosOf(profileOfEra('classic', release).from);
  const typed = own.has('UKPLAT_MEMRT_FREE') ? own : macrosOf(profileOfEra('typed', release).from);
  for (const macros of [classic, typed, own]) {
    for (const [name, value] of macros)
      prelude.set(name, { name, body: [{ kind: 'number', text: `0x${value.toString(16)}`, spaced: true }] });
  }
  for (const name of EVER) if (!prelude.has(name)) prelude.set(name, { ambiguous: `${name} does not exist in ${release}` });
  return prelude;
}
