import assert from 'node:assert/strict';
import { allocatorFor } from '../../src/allocators/registry';
import { readDumpFiles } from '../../src/extension/dump-files';
import type { DumpReading, GivenFile } from '../../src/extension/dump-files';
import { known } from '../../src/timeline/choices';
import { captureNamed, captures } from '../support/captures';
import type { Capture, CapturedDump } from '../support/captures';
import { decodeDump } from '../support/captured-heap';

function file(capture: Capture, name: string): GivenFile {
  return { name: name.slice(name.lastIndexOf('/') + 1), bytes: capture.bytes(name) };
}

/** Dumps of RAM that hold a heap: those of a stage, not of descriptors alone. */
function heapDumps(capture: Capture): CapturedDump[] {
  return capture.dumps().filter((d) => /^mem\/(ram|virt)-/.test(d.file));
}

function companions(capture: Capture): GivenFile[] {
  return ['mem/index.json', 'elf/nm-memory-symbols.txt', 'kconfig-full.txt'].map((name) => file(capture, name));
}

/** Decodes what was read, as the panel does. */
function freeLists(reading: DumpReading): unknown {
  const { release, allocator, arch, config } = known(reading.hints);
  assert.ok(release && allocator && reading.memory && reading.heap !== undefined);
  const options = { release, config, arch: arch ?? 'x86_64', ...(reading.symbols && { symbols: reading.symbols }) } as const;
  return allocatorFor(allocator)!.decode(reading.memory.image.reader(), reading.heap, options).lists;
}

describe('files of a dump, read together', () => {
  for (const capture of captures) {
    const dump = heapDumps(capture)[0];
    // With paging the heap's address is a virtual one, which the image of physical memory alone does not lead to.
    if (dump === undefined || /paging|vmem/.test(capture.name)) continue;
    it(`${capture.name}: image, index, symbols and .config give the heap, its allocator and its release`, () => {
      const image = file(capture, dump.file.replace(/\.gz$/, ''));
      const reading = readDumpFiles([image, ...companions(capture)]);
      assert.equal(reading.lacks, undefined);
      assert.equal(reading.heap, BigInt(capture.facts.heap));
      const said = known(reading.hints);
      assert.deepEqual([said.release, said.allocator], [capture.facts.release, capture.facts.allocator]);
      assert.deepEqual(freeLists(reading), decodeDump(capture, dump).lists);
    }).timeout(20_000);
  }

  const capture = captureNamed('0.17.0-x86_64-bbuddy-64M');
  const image = (): GivenFile => file(capture, 'mem/ram-main-3.bin');

  it('the order in which files are given does not matter', () => {
    const a = readDumpFiles([image(), ...companions(capture)]);
    const b = readDumpFiles([...companions(capture).reverse(), image()]);
    assert.deepEqual([a.heap, a.memory?.name], [b.heap, b.memory?.name]);
  });

  it('a raw image alone lacks its address; said, it lacks the heap, and the first free region is proposed', () => {
    assert.equal(readDumpFiles([image()]).lacks, 'address');
    const placed = readDumpFiles([image()], { at: 0n });
    assert.equal(placed.lacks, 'heap');
    assert.equal(placed.likelyHeap, BigInt(capture.facts.heap));
    assert.equal(placed.map?.descriptors.length, 15);
    assert.equal(readDumpFiles([image()], { at: 0n, heap: 0x12000n }).lacks, undefined);
  });

  it('what the user says counts more than what a file says', () => {
    const reading = readDumpFiles([image(), ...companions(capture)], { heap: 0x180000n });
    assert.equal(reading.heap, 0x180000n);
  });

  it('an ELF core carries its own addresses and architecture', () => {
    const core = file(capture, 'mem/core-main-3.elf');
    const reading = readDumpFiles([core, file(capture, 'elf/nm-memory-symbols.txt')]);
    assert.equal(reading.memory?.source, 'ELF core');
    assert.equal(reading.heap, BigInt(capture.facts.heap));
    assert.equal(known(reading.hints).arch, 'x86_64');
  }).timeout(20_000);

  it('a transcript beside the image gives the regions', () => {
    const reading = readDumpFiles([image(), file(capture, 'gdb/10-pre-heap.txt')], { at: 0n });
    assert.equal(reading.map?.kind, 'gdb');
    assert.equal(reading.map.descriptors.length, 15);
  });

  it('texts alone, an empty file and nothing at all lack memory', () => {
    const empty: GivenFile = { name: 'empty.bin', bytes: new Uint8Array() };
    for (const files of [companions(capture), [empty], []]) assert.equal(readDumpFiles(files).lacks, 'memory');
  });

  it('an index for another file does not place the image', () => {
    const other = { ...image(), name: 'other.bin' };
    assert.equal(readDumpFiles([other, file(capture, 'mem/index.json')]).lacks, 'address');
  });

  it('an image that is shorter than its index says is read as far as it goes, with a problem', () => {
    const whole = image();
    const cut = { ...whole, bytes: whole.bytes.subarray(0, whole.bytes.length / 2) };
    const reading = readDumpFiles([cut, ...companions(capture)]);
    assert.ok(reading.problems.some((p) => p.file === cut.name && p.problem.code === 'wrong-length'));
    assert.equal(reading.memory?.image.size, cut.bytes.length);
  });
});
