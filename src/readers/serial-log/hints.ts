// What a console log says about the kernel that wrote it, beside its memory: release, architecture, allocator, configuration.

import type { AllocatorId } from '../../regions/allocator-id';
import { CODE_NAME_PATTERN, releaseNamed } from '../../regions/code-names';
import type { Hints } from '../../regions/descriptor';
import { parseRelease } from '../../regions/release';
import type { Architecture, Release } from '../../regions/release';
import { NO_VBASE } from '../../regions/descriptor-checks';
import { hex } from '../../memory/address';
import type { BootLog } from './boot-log';
import { printed } from './messages';
import type { Message } from './messages';

/** `Unikraft Calypso (0.17.0)` and the banner's `Calypso 0.17.0~5d54fc2`. */
const NAMED_VERSION = new RegExp(`\\b(${CODE_NAME_PATTERN})\\b(?:\\s+\\(?v?(\\d+\\.\\d+[^\\s)]*))?`);
const VERSION = /\bUnikraft\s+(?:\w+\s+)?\(?v?(\d+\.\d+(?:\.\d+)?)/;

/** Whose line tells the allocator, the first one in this order: mimalloc brings the region allocator along. */
const ALLOCATORS: readonly (readonly [RegExp, AllocatorId])[] = [
  [/^libmimalloc$/, 'mimalloc'],
  [/^libukallocbbuddy$/, 'bbuddy'],
  [/^libtlsf$/, 'tlsf'],
  [/^libtinyalloc$/, 'tinyalloc'],
  [/^lib(uk)?(alloc)?oscar$/, 'oscar'],
  [/^libukallocregion$/, 'region'],
];

const ARCHITECTURE_SIGNS: readonly (readonly [RegExp, Architecture])[] = [
  [/Architecture: x86_64|Entering from KVM \(x86\)|Calibrating TSC clock/, 'x86_64'],
  [/Architecture: (arm64|aarch64)|Entering from KVM \(arm64\)|GICv[23]|PSCI method/, 'arm64'],
];

export function hintsIn(messages: readonly Message[], boot: BootLog): Hints {
  const release = messages.map(releaseIn).findLast((r) => r !== undefined) ?? releaseByShape(boot);
  const arch = ARCHITECTURE_SIGNS.find(([sign]) => messages.some((m) => sign.test(m.text)))?.[1];
  const libraries = new Set(messages.map((m) => m.library));
  const allocator =
    ALLOCATORS.find(([library]) => [...libraries].some((l) => l !== undefined && library.test(l)))?.[1] ??
    allocatorByText(messages);
  const config = configIn(boot);
  return {
    ...(release && { release }),
    ...(arch && { arch }),
    ...(allocator && { allocator }),
    ...(Object.keys(config).length > 0 && { config }),
  };
}

function releaseIn({ text }: Message): Release | undefined {
  const named = NAMED_VERSION.exec(text);
  // The name alone may be any word of an application, so it counts only in the kernel's own words.
  if (named !== null && (named[2] !== undefined || /Unikraft|Powered by/.test(text))) {
    return (named[2] === undefined ? undefined : parseRelease(named[2])) ?? releaseNamed(named[1]!);
  }
  const version = VERSION.exec(text);
  return version === null ? undefined : parseRelease(version[1]!);
}

/** Whole pages in the map came with 0.17, and regions for the command line went with 0.18. */
function releaseByShape({ map, coalescing }: BootLog): Release | undefined {
  const printedOnes = [...map, ...coalescing.inUse()];
  return printedOnes.some((d) => d.first !== undefined && d.type === 'cmdl') ? '0.17.0' : undefined;
}

function allocatorByText(messages: readonly Message[]): AllocatorId | undefined {
  const found = messages
    .map((m) => /Initialize (binary buddy|allocregion|tlsf|tinyalloc|mimalloc|Oscar) allocator/.exec(m.text))
    .find((f) => f !== null);
  if (found === undefined) return undefined;
  const name = found[1]!.toLowerCase();
  return name === 'binary buddy' ? 'bbuddy' : name === 'allocregion' ? 'region' : (name as AllocatorId);
}

function configIn(boot: BootLog): Record<string, string> {
  const config: Record<string, string> = {};
  const names = [...boot.map, ...boot.coalescing.inUse(), ...boot.tried].some((d) => (d.name ?? '') !== '');
  if (names) config['CONFIG_UKPLAT_MEMRNAME'] = 'y';
  if (boot.frames || boot.map.some((d) => d.type === '' && printed(d.vbase) === NO_VBASE)) {
    config['CONFIG_PAGING'] = 'y';
    if (boot.heap !== undefined) config['CONFIG_LIBUKBOOT_HEAP_BASE'] = hex(boot.heap.base);
  }
  return config;
}
