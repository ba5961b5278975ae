// Every reader and decoder on damaged captures: truncated, flipped, duplicated, spliced. No input may make one throw, hang, or answer
// something else than the undamaged file gives without saying that something is wrong, where the format lets it be known.
//
// UKBOOT_MUTATIONS=100000 runs so many inputs; by default a share of them. UKBOOT_MUTATION_SEED draws others.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { openDump, type DumpPart } from '../../src/dumps/open';
import type { MemoryImage } from '../../src/memory/image';
import { readElfCore } from '../../src/readers/elf-core';
import { readElfSymbols } from '../../src/readers/elf-symbols';
import { readGdbMemory, readGdbText, sessionFacts } from '../../src/readers/gdb-text';
import { readMemoryTree } from '../../src/readers/info-mtree';
import { readIntelHex } from '../../src/readers/intel-hex';
import { readKconfig } from '../../src/readers/kconfig';
import { readIndex, readIndexedImage, entryFor } from '../../src/readers/raw-image';
import { readSerialLog } from '../../src/readers/serial-log';
import { readSRecords } from '../../src/readers/s-record';
import { readSymbols } from '../../src/readers/symbols';
import { readVerilogHex } from '../../src/readers/verilog-hex';
import { readWorkload } from '../../src/readers/workload';
import type { HeapSnapshot } from '../../src/snapshot/snapshot';
import { captureNamed, captures, type Capture } from '../support/captures';
import { elfCore, elfImage } from '../support/elf';
import { inMemory } from '../support/images';
import { MUTATIONS, mutated, Random, type Mutation } from '../support/mutate';

const TOTAL = Number(process.env.UKBOOT_MUTATIONS ?? 2_000);
const SEED = Number(process.env.UKBOOT_MUTATION_SEED ?? 20261125);
/** Longer than any of these files may take, on a loaded machine. */
const LONGEST_MS = 10_000;

interface Answer {
  /** What was read, as something to compare. */
  readonly value: string;
  /** Was anything found wrong? */
  readonly told: boolean;
}

interface Subject {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Share of all inputs. */
  readonly weight: number;
  readonly read: (bytes: Uint8Array) => Answer;
  /** Kinds of damage after which another value must come with a problem: what the format's own checks can see. */
  readonly sees: readonly Mutation[];
}

const decoder = new TextDecoder('latin1');
const text = (bytes: Uint8Array): string => decoder.decode(bytes);
const x64 = captureNamed('0.17.0-x86_64-bbuddy-64M');

function hashed(image: MemoryImage): string {
  const hash = createHash('sha1');
  for (const { base, bytes } of inMemory(image.segments)) hash.update(`${String(base)}:${String(bytes.length)};`).update(bytes);
  return hash.digest('hex');
}

const json = (value: unknown): string =>
  JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v instanceof Map ? [...v] : v));

/** A text format that gives memory. */
function memory(name: string, file: string, read: typeof readIntelHex, sees: readonly Mutation[]): Subject {
  const readAnswer = (bytes: Uint8Array): Answer => {
    const { image, problems } = read(text(bytes));
    return { value: hashed(image), told: problems.length > 0 };
  };
  return { name, bytes: x64.bytes(file), weight: 12, read: readAnswer, sees };
}

/** A text whose readers give anything. */
function plain(name: string, bytes: Uint8Array, weight: number, read: (text: string) => unknown): Subject {
  return { name, bytes, weight, read: (b) => ({ value: json(read(text(b))), told: true }), sees: [] };
}

const gdb = (file: string, weight: number, from: Capture = x64): Subject =>
  plain(`${from.name} ${file}`, from.bytes(file), weight, (t) => [
    readGdbText(t),
    sessionFacts(t),
    readMemoryTree(t),
    readGdbMemory(t).problems,
  ]);

function core(): Uint8Array {
  const entry = entryFor(readIndex(x64.text('mem/index.json')), 'ram-main-2.sparse.bin')!;
  const { image } = readIndexedImage(x64.bytes('mem/ram-main-2.sparse.bin'), entry);
  return elfCore(inMemory(image.segments).map(({ base, bytes }) => ({ paddr: base, vaddr: base, bytes })));
}

/** What a person sees of a heap. */
function shown(snapshot: HeapSnapshot | undefined): string {
  return snapshot === undefined ? '' : json([snapshot.state, snapshot.lists.map((l) => l.entries)]);
}

/** A whole dump, with its index, damaged in its bytes; `sees` nothing: bytes that are no structure may change as they like. */
function dump(capture: Capture, file: string, weight: number): Subject {
  const index: DumpPart = { name: 'index.json', bytes: capture.bytes('mem/index.json') };
  const read = (bytes: Uint8Array): Answer => {
    const opened = openDump([{ name: basename(file), bytes }, index]);
    const told = opened.problems.some((p) => p.severity !== 'info') || (opened.snapshot?.findings.length ?? 0) > 0;
    return { value: shown(opened.snapshot), told };
  };
  // A file of another length is not the one that the index describes.
  return { name: `${capture.name} ${file}`, bytes: capture.bytes(file), weight, read, sees: ['truncate', 'duplicate'] };
}

function indexedDump(): Subject {
  const bytes = x64.bytes('mem/ram-main-2.sparse.bin');
  const read = (index: Uint8Array): Answer => {
    const opened = openDump([
      { name: 'ram-main-2.sparse.bin', bytes },
      { name: 'index.json', bytes: index },
    ]);
    return { value: shown(opened.snapshot), told: opened.problems.length > 0 };
  };
  return { name: 'index beside its dump', bytes: x64.bytes('mem/index.json'), weight: 2, read, sees: ['truncate'] };
}

const SUBJECTS: readonly Subject[] = [
  memory('Intel HEX', 'mem/mrds-pre-heap.ihex', readIntelHex, ['truncate', 'flip', 'duplicate']),
  memory('S-records', 'mem/mrds-pre-heap.srec', readSRecords, ['truncate', 'flip', 'duplicate']),
  memory('Verilog hex', 'mem/mrds-pre-heap.vmem', readVerilogHex, []),
  plain('index', x64.bytes('mem/index.json'), 4, readIndex),
  plain('nm', x64.bytes('elf/nm-memory-symbols.txt'), 6, readSymbols),
  plain('.config', x64.bytes('kconfig-full.txt'), 4, readKconfig),
  plain('calls', x64.bytes('heap-calls.json'), 6, readWorkload),
  plain('trace', x64.bytes('alloc-trace.jsonl'), 4, readWorkload),
  plain('console', x64.bytes('serial.log'), 3, readSerialLog),
  gdb('gdb/00-static.txt', 4),
  gdb('gdb/10-pre-heap.txt', 1),
  gdb('gdb/33-main-stage3.txt', 3),
  gdb('gdb/mi.txt', 2),
  gdb('gdb/width80.txt', 3),
  gdb('gdb/terminal-colour.txt', 3),
  gdb('gdb/10-pre-heap.txt', 1, captureNamed('0.10.0-x86_64-bbuddy-64M')),
  {
    name: 'ELF symbols',
    bytes: elfImage(readSymbols(x64.text('elf/nm-memory-symbols.txt'))),
    weight: 6,
    read: (bytes) => {
      const { symbols, problems } = readElfSymbols(bytes);
      return { value: json(symbols), told: problems.length > 0 };
    },
    sees: ['truncate'],
  },
  {
    name: 'ELF core',
    bytes: core(),
    weight: 4,
    read: (bytes) => {
      const { image, problems } = readElfCore(bytes);
      return { value: hashed(image), told: problems.length > 0 };
    },
    sees: ['truncate'],
  },
  indexedDump(),
  ...captures.flatMap((capture): Subject[] => {
    const file = ['mem/ram-main-2.sparse.bin', 'mem/ram-main-3.sparse.bin'].find((f) => capture.has(f));
    const large = /4G|mimalloc/.test(capture.name);
    return file === undefined ? [] : [dump(capture, file, large ? 0.5 : 1)];
  }),
];

describe(`mutations: ${String(TOTAL)} damaged inputs, seed ${String(SEED)}`, () => {
  const weights = SUBJECTS.reduce((sum, s) => sum + s.weight, 0);
  let done = 0;
  let changed = 0;
  let slowest = 0;
  for (const [index, subject] of SUBJECTS.entries()) {
    const count = Math.max(4, Math.ceil((TOTAL * subject.weight) / weights));
    it(`${subject.name}: ${String(count)} inputs`, function () {
      this.timeout(0);
      const whole = subject.read(subject.bytes);
      for (let i = 0; i < count; i++) {
        const kind = MUTATIONS[i % MUTATIONS.length]!;
        const random = new Random(SEED + 1_000_003 * index + 7919 * i);
        for (let warm = 0; warm < 8; warm++) random.next();
        const input = mutated(subject.bytes, kind, random);
        const what = `${subject.name}, input ${String(i)} (${kind})`;
        const start = performance.now();
        let answer: Answer;
        try {
          answer = subject.read(input);
        } catch (problem) {
          assert.fail(`${what}: threw ${problem instanceof Error ? (problem.stack ?? problem.message) : String(problem)}`);
        }
        const took = performance.now() - start;
        slowest = Math.max(slowest, took);
        assert.ok(took < LONGEST_MS, `${what}: took ${took.toFixed(0)} ms`);
        const differs = answer.value !== whole.value;
        if (differs) changed++;
        if (differs && subject.sees.includes(kind)) assert.ok(answer.told, `${what}: another answer, and no problem`);
        done++;
      }
    });
  }

  after(() => {
    if (process.env.UKBOOT_MUTATIONS !== undefined) {
      console.log(`    ${String(done)} inputs, ${String(changed)} gave another answer, slowest ${slowest.toFixed(0)} ms`);
    }
  });
});
