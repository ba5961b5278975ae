// The captured TLSF heap, decoded from every dump: control words and free lists must be those that GDB printed in the same stage.

import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { hex } from '../../src/memory/address';
import { captureNamed } from '../support/captures';
import { decodeDump, TRANSCRIPTS } from '../support/captured-heap';

const capture = captureNamed('0.17.0-x86_64-tlsf-64M');

/** `free [12][13] block 0x45cf0 size 0x5a2f1 prev_hdr 0`: the block by its list. */
function listsOf(transcript: string): Record<string, string[]> {
  const lists: Record<string, string[]> = {};
  for (const [, fl, sl, block] of transcript.matchAll(/^free \[ ?(\d+)\]\[ ?(\d+)\] block (0x[0-9a-f]+)/gm))
    (lists[`${fl},${sl}`] ??= []).push(block!);
  return lists;
}

/** Size word of each free block, flags in it. */
function sizesOf(transcript: string): Map<string, number> {
  const found = transcript.matchAll(/^free .* block (0x[0-9a-f]+) size (0x[0-9a-f]+)/gm);
  return new Map([...found].map(([, block, size]) => [block!, Number(size)]));
}

describe('captured heap 0.17.0-x86_64-tlsf-64M', () => {
  let lists = 0;
  for (const dump of capture.dumps()) {
    const name = TRANSCRIPTS[dump.stage];
    if (name === undefined || !basename(dump.file).startsWith('ram-')) continue;
    it(`${basename(dump.file)}: control structure and free lists as GDB printed them`, () => {
      const text = capture.text(name);
      const { state, findings, blocks } = decodeDump(capture, dump);
      assert.deepEqual(findings, []);
      assert.equal(state.fl_bitmap, /\(gdb\) print\/x \$t->fl_bitmap\n\$\d+ = (0x[0-9a-f]+)/.exec(text)?.[1]);
      const area = /\{end = (0x[0-9a-f]+), next = 0x0\}/.exec(text)?.[1];
      assert.deepEqual(state.areas, [['0x13910', area]]);
      assert.deepEqual(state.matrix, listsOf(text));
      for (const [block, word] of sizesOf(text)) {
        assert.equal(blocks.holding(BigInt(block))?.size, (word & ~7) + 16, block);
        lists++;
      }
    });
  }

  it('every stage was compared', () => {
    assert.ok(lists > 15, String(lists));
  });

  it('main-2: every block that main() holds is a used one with the size asked for', () => {
    const dump = capture.dumps().find((d) => d.stage === 'main-2' && basename(d.file).startsWith('ram-'))!;
    const { blocks } = decodeDump(capture, dump);
    const calls = JSON.parse(capture.text('heap-calls.json')) as Record<string, string | number | undefined>[];
    const slots = new Map<number, { pointer: string; size: number; aligned: boolean }>();
    for (const { op, mark, slot, size, result } of calls) {
      if (mark === 'allocated') break;
      if (op === 'free') slots.delete(Number(slot));
      if ((op === 'malloc' || op === 'realloc' || op === 'memalign') && typeof result === 'string')
        slots.set(Number(slot), { pointer: result, size: Number(size), aligned: op === 'memalign' });
    }
    for (const { pointer, size, aligned } of slots.values()) {
      const block = blocks.holding(BigInt(pointer));
      assert.equal(block?.state, 'used', pointer);
      assert.equal(hex(block.payload), pointer);
      // The alignment is not stored: the least that the address has bounds what was asked for from above.
      assert.ok(aligned ? block.asked >= size : block.asked === size, `${pointer}: ${block.asked}`);
    }
    assert.ok(slots.size > 5, String(slots.size));
  });
});
