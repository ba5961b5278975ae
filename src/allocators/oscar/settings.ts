// What the options of a build choose: which of the two presets, and within it the rest.

import { compareReleases, isSet, type Config } from '../../regions/release';
import type { AllocatorOption, AllocatorOptions } from '../ukalloc';
import { IDENTITY_LIMIT, VMAP_SIZE } from './layout';
import { PAGE_SIZE } from '../../memory/address';

export interface OscarSettings {
  /** `wilde` is the public Unikraft port, to the byte; `paper` is the scheme of the Oscar paper. */
  readonly preset: 'wilde' | 'paper';
  /**
   * wilde: is this 0.3, for which the port was written? There memalign crashes always, and posix_memalign for `size <= align`. Kernels
   * from 0.11 on could not boot so (their TLS area comes from memalign); for other releases both are taken to work.
   */
  readonly ported: boolean;
  /** First page behind the shadow address space, counted from its start. */
  readonly shadowPages: number;
  /** Canonical addresses at or above fail the port's assertion; Infinity where the page tables are the kernel's own. */
  readonly identityLimit: number;
  /** wilde: objects at the end of pages of their own, instead of the canonical malloc. */
  readonly kellogs: boolean;
  /** wilde: byte that new memory is filled with; undefined for builds that do not. */
  readonly fill: number | undefined;
  /** wilde: pages reserved behind a shadow of `pages` pages. */
  readonly guard: 'none' | 'one' | 'double';
  readonly nx: boolean;
  /** wilde: a line on the console for each call. */
  readonly allocDebug: boolean;
  /** paper: a free makes the next shadow of the same pages at once. */
  readonly refresh: boolean;
  /** paper: `unmap` clears the entry, `protect` only makes it inaccessible. */
  readonly revoke: 'unmap' | 'protect';
}

const KELLOGS = 'CONFIG_LIBWILDE_KELLOGS';
const FILL = 'CONFIG_LIBWILDE_INIT_MEMORY';
const FILL_VALUE = 'CONFIG_LIBWILDE_INIT_MEMORY_VALUE';
const GUARD = 'CONFIG_LIBWILDE_SHAUN';
const DOUBLE_GUARD = 'CONFIG_LIBWILDE_BLACKSHEEP';
const NX = 'CONFIG_LIBWILDE_NX';
const DEBUG = 'CONFIG_LIBWILDE_ALLOC_DEBUG';
const PAPER = 'CONFIG_LIBOSCAR_PAPER';
const REFRESH = 'CONFIG_LIBOSCAR_REFRESH';
const PROTECT = 'CONFIG_LIBOSCAR_PROTECT';
const SHADOW_PAGES = 'CONFIG_LIBOSCAR_SHADOW_PAGES';
const CANONICAL = 'CONFIG_LIBOSCAR_OVER_';

/** Not options of a build: where a dump has its root table (CR3) and `lookup[]`, when somebody knows. */
export const ROOT_SYMBOL = 'CONFIG_LIBOSCAR_CR3';
export const LOOKUP_SYMBOL = 'CONFIG_LIBOSCAR_LOOKUP';

/** Options of the port that are known and not simulated, each with the reason. */
export const NOT_SIMULATED: Readonly<Record<string, string>> = {
  CONFIG_LIBWILDE_ASLR: 'its random numbers start from a seed that is made when the kernel is built',
  CONFIG_LIBWILDE_DISABLE_INJECTION: 'it passes every call on and makes no shadows: choose the canonical allocator instead',
  CONFIG_LIBWILDE_DISABLE_WILDE: 'it leaves the library out: choose the canonical allocator instead',
};

export function settingsOf({ release, config }: Pick<AllocatorOptions, 'release' | 'config'>): OscarSettings {
  const pages = numberOf(config, SHADOW_PAGES);
  const paged =
    isSet(config, 'CONFIG_PAGING') || isSet(config, 'CONFIG_LIBUKVMEM') || config.CONFIG_LIBUKBOOT_HEAP_BASE !== undefined;
  return {
    preset: isSet(config, PAPER) ? 'paper' : 'wilde',
    ported: compareReleases(release, '0.3.0') >= 0 && compareReleases(release, '0.4.0') < 0,
    shadowPages: pages !== undefined && pages >= 1 && pages <= VMAP_SIZE / PAGE_SIZE ? Math.floor(pages) : VMAP_SIZE / PAGE_SIZE,
    identityLimit: paged ? Infinity : IDENTITY_LIMIT,
    kellogs: isSetOr(config, KELLOGS, true),
    fill: isSetOr(config, FILL, true) ? (numberOf(config, FILL_VALUE) ?? 0) & 0xff : undefined,
    guard: !isSet(config, GUARD) ? 'none' : isSet(config, DOUBLE_GUARD) ? 'double' : 'one',
    nx: isSet(config, NX),
    allocDebug: isSet(config, DEBUG),
    refresh: isSet(config, REFRESH),
    revoke: isSet(config, PROTECT) ? 'protect' : 'unmap',
  };
}

/** Pages that a shadow of `pages` pages takes out of the free ranges. */
export function reservedPages(pages: number, guard: OscarSettings['guard']): number {
  return guard === 'none' ? pages : guard === 'one' ? pages + 1 : 2 * pages + 1;
}

/** The symbol that puts an allocator underneath: `CONFIG_LIBOSCAR_OVER_TLSF`. */
export function canonicalSymbol(id: string): string {
  return CANONICAL + id.toUpperCase();
}

/** @param underneath allocators that may be the canonical one; the first is the default */
export function optionsFor(underneath: readonly { readonly id: string; readonly title: string }[]): AllocatorOption[] {
  const bool = (symbol: string, value: 'y' | 'n', help: string): AllocatorOption => ({
    symbol,
    kind: 'bool',
    default: value,
    help,
  });
  return [
    bool(KELLOGS, 'y', 'Places each object at the end of pages of its own, instead of using the canonical malloc.'),
    bool(FILL, 'y', 'Fills new memory (malloc, posix_memalign, palloc; not realloc).'),
    { symbol: FILL_VALUE, kind: 'hex', default: '0x0', help: 'The byte that new memory is filled with.' },
    bool(GUARD, 'n', 'Keeps one page without a mapping behind each shadow.'),
    bool(DOUBLE_GUARD, 'n', 'With SHAUN: as many pages as the shadow has and one more, all behind it.'),
    bool(NX, 'n', 'Sets the no-execute bit in leaf entries.'),
    bool(DEBUG, 'n', 'Prints a line for each call.'),
    bool(PAPER, 'n', 'Our choice: the scheme of the Oscar paper instead of the port: inline metadata and a high-water mark.'),
    bool(REFRESH, 'n', 'With PAPER: revoking a shadow makes its successor in the same operation.'),
    bool(PROTECT, 'n', 'With PAPER: a revoked page keeps its entry, made inaccessible (mprotect) instead of cleared (munmap).'),
    {
      symbol: SHADOW_PAGES,
      kind: 'int',
      default: String(VMAP_SIZE / PAGE_SIZE),
      help: 'Our choice: pages of shadow address space.',
    },
    { symbol: ROOT_SYMBOL, kind: 'hex', default: '0x0', help: 'For dumps: address of the root page table (CR3).' },
    { symbol: LOOKUP_SYMBOL, kind: 'hex', default: '0x0', help: 'For dumps: address of the table lookup[].' },
    ...underneath
      .slice(1)
      .map((a) =>
        bool(canonicalSymbol(a.id), 'n', `Our choice: the canonical allocator is ${a.title}, not ${underneath[0]!.title}.`),
      ),
  ];
}

function isSetOr(config: Config, symbol: string, missing: boolean): boolean {
  return config[symbol] === undefined ? missing : isSet(config, symbol);
}

function numberOf(config: Config, symbol: string): number | undefined {
  const text = config[symbol];
  return text !== undefined && /^(0x[0-9a-fA-F]{1,12}|\d{1,15})$/.test(text) ? Number(text) : undefined;
}
