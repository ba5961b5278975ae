// Every field that a decoder reads of the heaps of real kernels, overwritten: each is found, at its address or at the place that it leads
// to, and what is not damaged is still shown.

import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { allocatorFor } from '../../src/allocators/registry';
import { CALLBACKS } from '../../src/allocators/layers/struct';
import { openDump, type OpenedDump } from '../../src/dumps/open';
import { hex } from '../../src/memory/address';
import { readerOver, type Reader } from '../../src/memory/reader';
import type { HeapSnapshot, StructField } from '../../src/snapshot/snapshot';
import { captures, type Capture } from '../support/captures';

/** Neither an address of any memory here, nor a size or count that could be. */
const WILD = 0xdead_beef_dead_bee8n;

/** Memory with one field overwritten. */
function patched(reader: Reader, field: StructField, value: bigint): Reader {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return readerOver((a, length) => {
    const piece = reader.bytes(a, length);
    if (piece === undefined || field.address >= a + BigInt(length) || field.address + BigInt(field.length) <= a) return piece;
    const copy = Uint8Array.from(piece);
    for (let i = 0; i < field.length; i++) {
      const at = Number(field.address + BigInt(i) - a);
      if (at >= 0 && at < copy.length) copy[at] = bytes[i]!;
    }
    return copy;
  });
}

function opened(capture: Capture): OpenedDump | undefined {
  const dump = capture.dumps().find((d) => d.stage === 'main-2' && /^mem\/ram-/.test(d.file));
  if (dump === undefined) return undefined;
  const file = dump.file.replace(/\.gz$/, '');
  return openDump(
    ['mem/index.json', 'elf/nm-memory-symbols.txt', file].map((f) => ({ name: basename(f), bytes: capture.bytes(f) })),
  );
}

/** Fields in which any value may stand: functions of the kernel, statistics, options, and links that lead out of the heap. */
function isFree({ name }: StructField, type: string): boolean {
  return (
    (CALLBACKS as readonly string[]).includes(name) ||
    name.startsWith('_stats.') ||
    (type === 'struct uk_alloc' && name === 'next') ||
    /thresh|alignment/.test(name)
  );
}

const blockCount = ({ blocks }: HeapSnapshot): number => blocks.length;

for (const capture of captures) {
  const { allocator } = capture.facts;
  if (allocator === 'mimalloc') continue; // test/allocators/mimalloc/damage.test.ts goes through its structures
  const dump = opened(capture);
  if (dump?.snapshot === undefined) continue;
  const { snapshot } = dump;

  describe(`dumps: damage in ${capture.name}`, () => {
    const decode = (reader: Reader): HeapSnapshot =>
      allocatorFor(allocator)!.decode(reader, snapshot.heap, { ...dump.choices, symbols: dump.symbols });

    it('every field of its structures, overwritten, is found', () => {
      let fields = 0;
      for (const { type, fields: all } of snapshot.structs) {
        for (const field of all) {
          if (isFree(field, type) || field.value === undefined) continue;
          const damaged = decode(patched(dump.reader(), field, WILD));
          const errors = damaged.findings.filter((f) => f.severity !== 'info');
          const what = `${type} at ${hex(field.address)}, ${field.name}`;
          assert.ok(errors.length > 0, `${what}: nothing found`);
          assert.ok(
            errors.some((f) => f.address !== undefined),
            `${what}: no address`,
          );
          fields++;
        }
      }
      assert.ok(fields >= 2, String(fields));
    });

    it('one damaged list leaves the others as they are', () => {
      const lists = snapshot.lists.filter((l) => l.entries.length > 0);
      for (const list of lists.slice(0, 8)) {
        const field: StructField = { name: list.name, address: list.head, length: 8, kind: 'pointer' };
        const damaged = decode(patched(dump.reader(), field, WILD));
        for (const other of lists) {
          if (other.head === list.head) continue;
          const now = damaged.lists.find((l) => l.head === other.head);
          assert.deepEqual(now?.entries, other.entries, `${other.name} after damage to ${list.name}`);
        }
        assert.ok(blockCount(damaged) > blockCount(snapshot) / 2, list.name);
      }
    });
  });
}
