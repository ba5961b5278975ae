// heap_init without paging: every candidate region in list order. The first one on which the allocator initialises becomes the
// heap, each later one is added to it.

import { hex, hexDigits, NULL, pointerText, toNumber } from '../memory/address';
import { stepKind } from '../memory/steps';
import { KernelStop, type LogLine } from '../allocators/kernel';
import type { Region } from '../regions/descriptor';
import { assertionFailures } from '../regions/assertions';
import { allocatableMask, eraProfile, flagNames, isHeapCandidate, typeName } from '../regions/eras';
import { isSet } from '../regions/release';
import { sizeText } from '../regions/text';
import type { Decision, DecisionKind } from './decision';
import type { BootContext, BootOperation, BootResult } from './operation';
import { bootProfile } from './profiles';

const FILE = 'lib/ukboot/boot.c';
export const LIB = 'libukboot';
const STEP_TRY = stepKind('heap_init', FILE, (base, end) => `try region ${hex(base)} – ${hex(end)}`);
const STEP_SKIP = stepKind('heap_init', FILE, (index) => `pass over region ${String(index)}`);

/** The turns of the loop, one a region. */
export function regionOperations(boot: BootContext): BootOperation[] {
  const { regions, unknown, excluded = [], options, allocator } = boot.input;
  const profile = eraProfile(options.release);
  const walked = regions.map((region): BootOperation => {
    const end = region.vbase + region.len;
    const candidate = isHeapCandidate(region.type, region.flags, profile);
    const range = `${hex(region.vbase)} – ${hex(end)}`;
    return {
      phase: 'boot',
      kind: candidate ? 'try' : 'skip',
      title: candidate
        ? `region ${String(region.index)}: ${range}, ${sizeText(region.len)}`
        : `region ${String(region.index)}: skip ${skippedAs(region, boot)}`,
      caller: bootProfile(options.release).list === 'classic' ? 'ukplat_entry' : 'heap_init',
      region: region.index,
      run: () => (candidate ? tryRegion(boot, region) : skipRegion(boot, region)),
    };
  });
  const leftOut = (index: number, kind: DecisionKind, title: string, reason: string): BootOperation => ({
    phase: 'boot',
    kind: 'skip',
    title: `region ${String(index)}: ${title}`,
    caller: 'heap_init',
    region: index,
    run: () => ({ decision: decision(index, kind, reason) }),
  });
  const notKnown = `A value of this descriptor is not known, so what ${allocator.title} would do with it is not either.`;
  const otherArm =
    'It stands in the other arm of an #if than an earlier region; set the option that decides to simulate this one.';
  const others = [
    ...unknown.map((index) => leftOut(index, 'unknown', 'a value is not known', notKnown)),
    ...excluded.map((index) => leftOut(index, 'skipped', 'the other arm of an #if', otherArm)),
  ];
  return [...walked, ...others].sort((a, b) => a.region! - b.region!);
}

function decision(region: number, kind: DecisionKind, reason: string): Decision {
  return { region, kind, reason };
}

function skippedAs(region: Region, boot: BootContext): string {
  const profile = eraProfile(boot.input.options.release);
  if (bootProfile(boot.input.options.release).list === 'typed') return typeName(region.type, profile);
  return region.name === '' ? `flags 0x${region.flags.toString(16)}` : region.name;
}

function skipRegion(boot: BootContext, region: Region): BootResult {
  const { release } = boot.input.options;
  const profile = eraProfile(release);
  boot.kernel.mem.journal.mark(STEP_SKIP, region.index);
  if (bootProfile(release).printsEach) boot.kernel.print('debug', LIB, `Skip memory region${classicText(boot, region)}`);
  if (bootProfile(release).list === 'typed') {
    return {
      decision: decision(region.index, 'skipped', `Its type is ${typeName(region.type, profile)}; only FREE regions are tried.`),
    };
  }
  const mask = allocatableMask(profile);
  const missing = flagNames(mask & ~region.flags, profile).join(' and ');
  const reason = `Its flags 0x${region.flags.toString(16)} lack ${missing}; a heap region has all of 0x${mask.toString(16)}.`;
  return { decision: decision(region.index, 'skipped', reason) };
}

function tryRegion(boot: BootContext, region: Region): BootResult {
  const { kernel, input } = boot;
  const { release } = input.options;
  const failure = assertionFailures(region, release)[0];
  if (failure !== undefined) {
    const text = failure.kind === 'crash' ? `${failure.text}: ${String(region.type)}` : failure.text;
    throw new KernelStop(failure.kind, text);
  }
  const base = toNumber(region.vbase);
  const len = toNumber(region.len);
  const end = toNumber(BigInt.asUintN(64, region.vbase + region.len));
  kernel.mem.journal.mark(STEP_TRY, base, end);
  kernel.print('debug', LIB, tryingText(boot, region));
  const before = kernel.console.lines.length;
  if (boot.heap === undefined) {
    const ret = boot.init(base, len);
    return ret === NULL
      ? { ret, failed: true, decision: refused(boot, region, before) }
      : { ret, decision: became(boot, region, ret) };
  }
  const ret = boot.heap.addmem(base, len);
  if (ret !== 0) return { ret, failed: true, decision: lost(boot, region, ret, kernel.console.lines.slice(before)) };
  if (input.allocator.addmem(input.options) === 'ignored') {
    const reason = `Lost: ${input.allocator.title} answers 0 and does nothing, ${sizeText(region.len)} are never used.`;
    return { ret, failed: true, decision: decision(region.index, 'failed', reason) };
  }
  return {
    ret,
    decision: decision(region.index, 'addmem', `Added to the heap at ${hex(boot.heap.address)}: ${sizeText(region.len)}.`),
  };
}

function tryingText(boot: BootContext, region: Region): string {
  const { release, config } = boot.input.options;
  const { list, printsEach } = bootProfile(release);
  if (list === 'classic') return `Try ${printsEach ? ' ' : ''}memory region${classicText(boot, region)}...`;
  const { base, end, flags } = printed(region);
  return `Trying ${base}-${end} 0x${flags} ${isSet(config, 'CONFIG_UKPLAT_MEMRNAME') ? region.name : ''}`;
}

/** What classic releases print of a region; 0.2 and 0.3 with its number. */
function classicText(boot: BootContext, region: Region): string {
  const { release, config } = boot.input.options;
  const { base, end, flags } = printed(region);
  const number = bootProfile(release).printsEach ? ` ${String(region.index)}` : '';
  const name = isSet(config, 'CONFIG_UKPLAT_MEMRNAME') ? `, name: ${region.name}` : '';
  return `${number}: ${base} - ${end} (flags: 0x${flags}${name})`;
}

function printed(region: Region): { readonly base: string; readonly end: string; readonly flags: string } {
  const base = toNumber(region.vbase);
  const end = toNumber(BigInt.asUintN(64, region.vbase + region.len));
  return { base: pointerText(base), end: pointerText(end), flags: region.flags.toString(16).padStart(2, '0') };
}

function became(boot: BootContext, region: Region, ret: number): Decision {
  const { allocator, options } = boot.input;
  const heap = boot.heap!;
  const whatIf = allocator.bootOption === undefined ? ' No release of ukboot has an option for it: this is a what-if.' : '';
  const empty = heap.availmem() === 0 ? ' It has no free memory of its own, but was accepted all the same.' : '';
  const known = allocator.remarks?.(region.vbase, region.len, options) ?? [];
  return decision(
    region.index,
    'init',
    [`The first region on which ${allocator.title} initialised: it became the heap, at ${hex(ret)}.${empty}${whatIf}`]
      .concat(known.map((r) => r.message))
      .join(' '),
  );
}

function refused(boot: BootContext, region: Region, before: number): Decision {
  const said = boot.kernel.console.lines[before];
  const why = said === undefined ? `${sizeText(region.len)} are too small for it` : `“${said.text}”`;
  return decision(
    region.index,
    'failed',
    `${boot.input.allocator.title} did not initialise on it: ${why}. The next region gets its turn.`,
  );
}

function lost(boot: BootContext, region: Region, ret: number, said: readonly LogLine[]): Decision {
  const { allocator, options } = boot.input;
  const size = sizeText(region.len);
  if (allocator.addmem(options) === 'absent') {
    return decision(
      region.index,
      'failed',
      `Lost: ${allocator.title} has no addmem (the call answers ${String(ret)}), ${size} are never used.`,
    );
  }
  const text = said.map((l) => l.text).find((t) => t.includes('Failed to add')) ?? '';
  const why = text.slice(text.lastIndexOf(': ') + 2);
  return decision(
    region.index,
    'failed',
    `Refused by addmem (${String(ret)}): ${why || hexDigits(ret)}. The boot ignores that and goes on; ${size} are lost.`,
  );
}
