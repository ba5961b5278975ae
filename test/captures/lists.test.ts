// Each captured boot from the beginning: from the image's load segments and the firmware map that QEMU gives for the recorded command
// line to the captured descriptor list, entry by entry, then to the captured heap.
//
// Load segments are those of the stripped image (`readelf -l`); arm64 boots a flat image, so there those of the linked one. In the classic era regions are sections, whose ends nm does not have: the
// seven that GDB printed are taken for them, and heap and boot stack must come out. An initial RAM disk's length is that of its captured
// descriptor: the file is not recorded.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allocatorFor } from '../../src/allocators/registry';
import { buildList } from '../../src/firmware/build';
import { bytesOf } from '../../src/firmware/pieces';
import { readFirmwareMap } from '../../src/readers/firmware-map';
import { readGdbText } from '../../src/readers/gdb-text';
import type { Region } from '../../src/regions/descriptor';
import type { FirmwareMap, KernelSegment } from '../../src/regions/firmware-map';
import { eraOf } from '../../src/regions/eras';
import { toRegions } from '../../src/regions/regions';
import { Simulation } from '../../src/timeline/simulation';
import { captures, type Capture } from '../support/captures';
import { configOf } from '../support/config';
import { multibootOf, pcMap, qemuCommand, virtOf } from '../support/qemu';

const textOf = (r: Region): string =>
  `${r.pbase.toString(16)} ${r.vbase.toString(16)} +${r.pgOff.toString(16)} ${r.len.toString(16)} ${String(r.pgCount)} ${String(r.type)} ${String(r.flags)} ${r.name}`;

function capturedList(capture: Capture): readonly Region[] {
  const { release } = capture.facts;
  const map = readGdbText(capture.text('gdb/10-pre-heap.txt'), { release, config: configOf(capture) });
  return toRegions(map).regions;
}

/** `LOAD 0x001100 0x00100000 0x00100000 0x2f4b2 0x2f4b2 R E 0x1000`; 0.14's build script keeps an empty one. */
function loadSegments(capture: Capture, name: string): KernelSegment[] {
  const stripped = 'elf/readelf-l-stripped.txt';
  const text = capture.text(capture.has(stripped) ? stripped : 'elf/readelf-lSW.txt');
  return [...text.matchAll(/^ +LOAD +\S+ +(\S+) +\S+ +\S+ +(\S+) +([RWE ]{3}) /gm)].flatMap((found) => {
    const [, base, size, flags] = found as unknown as [string, string, string, string];
    const permissions = (flags.includes('R') ? 1 : 0) | (flags.includes('W') ? 2 : 0) | (flags.includes('E') ? 4 : 0);
    const len = BigInt(size);
    return len > 0n || capture.facts.release === '0.14.0' ? [{ base: BigInt(base), len, name, permissions }] : [];
  });
}

const SECTIONS: readonly (readonly [string, number])[] = [
  ['text', 5],
  ['eh_frame', 1],
  ['eh_frame_hdr', 1],
  ['rodata', 1],
  ['ctors', 1],
  ['data', 3],
  ['bss', 3],
];

function firmwareOf(capture: Capture, list: readonly Region[]): FirmwareMap {
  const command = qemuCommand(capture.text('qemu-cmdline.txt').trim());
  if (eraOf(capture.facts.release) === 'classic') {
    const kernel = SECTIONS.map(([name, permissions], i) => ({ base: list[i]!.pbase, len: list[i]!.len, name, permissions }));
    return multibootOf(command, kernel, 0n);
  }
  const kernel = loadSegments(capture, command.kernel);
  if (command.machine === 'virt') return virtOf(command, kernel, capture.facts.release === '0.17.0');
  const initrd = list.find((r) => r.type === 8);
  return multibootOf(command, kernel, initrd?.len ?? 0n);
}

describe('QEMU maps', () => {
  for (const [name, machine, ram] of [
    ['pc-128M-initrd-e820-style.txt', 'pc', 128n << 20n],
    ['q35-4G-e820-style.txt', 'q35', 4n << 30n],
  ] as const) {
    it(`${name}: the recorded map is the one that is computed`, () => {
      const recorded = readFirmwareMap(readFileSync(join(__dirname, '../readers/firmware', name), 'utf8')).firmware!.entries;
      const plain = (e: FirmwareMap['entries'][number]): string => `${e.base.toString(16)} ${e.len.toString(16)} ${e.kind}`;
      assert.deepEqual(pcMap({ machine, ram }).map(plain), recorded.map(plain));
    });
  }
});

for (const capture of captures) {
  const { release, arch, allocator } = capture.facts;
  const config = configOf(capture);

  describe(`captured list ${capture.name}`, () => {
    const list = capturedList(capture);
    const firmware = firmwareOf(capture, list);
    const run = buildList(firmware, { release, arch, config });

    it('comes out of the firmware map, entry by entry', () => {
      assert.equal(run.stop, undefined);
      assert.deepEqual(
        run.final.map((i) => textOf(i.region)),
        list.map(textOf),
      );
    });

    it('every byte of the firmware is in the list or lost for a reason', () => {
      firmware.entries.forEach((entry, index) => {
        const source = run.sources.findIndex((s) => s.entry === index);
        const own = [...run.final.flatMap((i) => i.pieces), ...run.lost].filter((p) => p.source === source);
        assert.equal(bytesOf(own), entry.len, `entry ${String(index)}`);
      });
    });

    it('becomes the captured heap', () => {
      if (allocatorFor(allocator)?.profile(release) === undefined) return;
      const map = { kind: 'log', descriptors: [], hints: {}, problems: [], firmware } as const;
      const simulation = Simulation.create({ map, release, arch, allocator, config, workload: [] });
      assert.equal(simulation.outcome.kind, 'heap', simulation.outcome.message);
      assert.equal(simulation.snapshot()?.heap, BigInt(capture.facts.heap));
      assert.equal(simulation.input.map.descriptors.length, list.length);
    });

    it('prints what the kernel printed while it made the list', () => {
      const printed = [...capture.text('serial.log').matchAll(/<(?:memory|bootinfo)\.c @ +\d+> (.*?)\r?$/gm)].map((m) => m[1]!);
      const want = printed.filter((l) => !/^(Unikraft |Architecture|Boot loader|Command line)/.test(l));
      const got = run.calls.flatMap((c) => c.steps.flatMap((s) => s.lines.map((l) => l.text)));
      assert.deepEqual(
        got.filter((l) => !l.startsWith('Switch from bootstrap stack')),
        want,
      );
    });
  });
}
