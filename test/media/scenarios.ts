// What the harness shows: real captured boots, and small ones made for a state.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Capture } from '../support/captures';
import { traceText } from '../support/golden';
import type { Release } from '../../src/regions/release';
import type { Dumped, Scenario } from './harness-page';

/** A captured boot with everything that was called on its heap up to the end of the kernel's main(). */
export function capturedBoot(name: string): Scenario {
  const capture = new Capture(name);
  return {
    ...regionsOf(capture),
    workload: withStages(capture),
    source: 'memory map + recorded calls',
  };
}

/** The example with 4 GiB as its firmware reports them, half of it above the hole, and a malloc of 1 GiB after the boot. */
export function exampleMalloc1GiB(): Scenario {
  return {
    ...exampleBoot('scenario-1-malloc-1gib', '0.17.0'),
    workload: JSON.stringify([{ op: 'malloc', id: 1, size: 2 ** 30 }]),
  };
}

function regionsOf({ facts: { release, arch, allocator, descriptors } }: Capture): Omit<Scenario, 'workload' | 'source'> {
  const typed = (release.startsWith('0.17') ? { pg_off: 0 } : {}) as Record<string, unknown>;
  const regions = (descriptors ?? []).map(({ pbase, vbase, len, type, flags }) => ({ pbase, vbase, len, type, flags, ...typed }));
  return { memoryMap: JSON.stringify({ release, arch, allocator, regions }), release, arch, allocator };
}

/** One of the examples: a boot with bbuddy on x86_64, and nothing after it. */
export function exampleBoot(name: string, release: Release): Scenario {
  return {
    memoryMap: readFileSync(join(__dirname, '../../examples', `${name}.ukboot.json`), 'utf8'),
    workload: '[]',
    release,
    arch: 'x86_64',
    allocator: 'bbuddy',
    source: 'memory-map file',
  };
}

/** The RAM of a captured kernel at one of its stages, as it was read from address 0 on. */
export function capturedDump(name: string, file: string): Dumped {
  const ram = new Capture(name).bytes(file);
  const pages: [string, string][] = [];
  for (let at = 0; at < ram.length; at += 4096) {
    const page = ram.subarray(at, at + 4096);
    if (page.some((b) => b !== 0)) pages.push([`0x${at.toString(16)}`, Buffer.from(page).toString('base64')]);
  }
  const dump = { ...capturedBoot(name), source: 'RAM dump' };
  return { dump, heap: new Capture(name).facts.heap, pages, end: String(ram.length) };
}

/** The recorded calls with the names of the stages that the kernel's main() printed between its own: `main-2 · allocated`. */
function withStages(capture: Capture): string {
  const calls = JSON.parse(capture.text('heap-calls.json')) as { readonly mark?: string }[];
  const stages: string[] = [];
  const before: number[] = [];
  let own = 0;
  for (const { mark } of calls) {
    if (mark === undefined) own++;
    else if (mark !== 'begin') before[stages.push(`main-${String(stages.length + 1)} · ${mark.replaceAll('-', ' ')}`) - 1] = own;
  }
  own = 0;
  const name = (): string[] => stages.filter((_, i) => before[i] === own).map((mark) => JSON.stringify({ mark }));
  const lines = capture.text('alloc-trace.jsonl').trimEnd().split('\n');
  return [...lines.flatMap((line) => {
    const { depth, caller } = JSON.parse(line) as { readonly depth: number; readonly caller: string };
    if (depth !== 0 || !caller.includes('(app/')) return [line];
    const names = name();
    own++;
    return [...names, line];
  }), ...name()].join('\n'); // prettier-ignore
}

/** A boot on regions written as in a memory-map file, and nothing after it. */
export function memoryMap(regions: readonly Record<string, unknown>[]): Scenario {
  const [release, arch, allocator] = ['0.17.0', 'x86_64', 'bbuddy'] as const;
  return {
    memoryMap: JSON.stringify({ release, arch, allocator, regions }),
    workload: '[]',
    release,
    arch,
    allocator,
    source: 'memory-map file',
  };
}

/** The captured mimalloc boot, on the one region that its log shows; it stopped logging how mimalloc sees it after that. */
export function capturedMimalloc(): Scenario {
  const capture = new Capture('0.10.0-x86_64-mimalloc-512M');
  const [release, arch, allocator] = ['0.10.0', 'x86_64', 'mimalloc'] as const;
  const regions = [{ base: '0x180000', len: '0x1fe50000', flags: ['ALLOCATABLE'], name: 'heap' }];
  return {
    memoryMap: JSON.stringify({ release, arch, allocator, config: { CONFIG_UKPLAT_MEMRNAME: true }, regions }),
    workload: capture.text('alloc-trace.jsonl'),
    release,
    arch,
    allocator,
    source: 'serial log + recorded calls',
  };
}

/** A boot with Oscar over the buddy allocator, and a few objects that come and go. */
export function oscarBoot(): Scenario {
  const [release, arch, allocator] = ['0.17.0', 'x86_64', 'oscar'] as const;
  const workload: Record<string, unknown>[] = [];
  for (let id = 1; id <= 24; id++) {
    workload.push({ op: 'malloc', id, size: (id * 977) % 6000 });
    if (id % 3 === 0) workload.push({ op: 'free', of: id - 2 });
  }
  const regions = [{ pbase: '0x10000000', len: '0x400000', type: 'FREE', flags: ['READ', 'WRITE'] }];
  return {
    memoryMap: JSON.stringify({ release, arch, allocator, regions }),
    workload: JSON.stringify(workload),
    release,
    arch,
    allocator,
    source: 'memory-map file',
  };
}

/** The begin of the recorded run of the port that the design's picture of Oscar is drawn from, on its region. */
export function oscarTrace(): Scenario {
  const [release, arch, allocator] = ['0.3.1', 'x86_64', 'oscar'] as const;
  const regions = [{ base: '0x10000000', len: '0x400000', flags: ['ALLOCATABLE'], name: 'heap' }];
  const config = { CONFIG_UKPLAT_MEMRNAME: true };
  const lines = traceText('oscar/wilde-default-11').split('\n').slice(0, 60);
  // The boot makes the heap.
  const workload = lines.filter((l) => !l.startsWith('{"op":"init"')).join('\n');
  return {
    memoryMap: JSON.stringify({ release, arch, allocator, config, regions }),
    workload,
    release,
    arch,
    allocator,
    source: 'golden trace',
  };
}
