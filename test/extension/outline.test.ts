import assert from 'node:assert/strict';
import { hexDump, presentBytes } from '../../src/extension/hex-text';
import { MemoryImage } from '../../src/memory/image';
import { openDump } from '../../src/dumps/open';
import { buildOutline } from '../../src/view/outline';
import type { OutlineNode } from '../../src/view/outline';
import { whereabouts } from '../../src/view/search/place';
import { buildStrip } from '../../src/view/strip';
import { captureNamed } from '../support/captures';

const capture = captureNamed('0.17.0-x86_64-bbuddy-64M');
const dump = openDump([{ name: 'ram-main-3.bin', bytes: capture.bytes('mem/ram-main-3.bin') }]);
const { snapshot, map } = dump;
const strip = buildStrip(map, '0.17.0', []);

function everyNode(nodes: readonly OutlineNode[]): OutlineNode[] {
  return nodes.flatMap((n) => [n, ...everyNode(n.children)]);
}

describe('outline of a heap', () => {
  const outline = buildOutline(snapshot, strip);
  const find = (label: string): OutlineNode => everyNode(outline).find((n) => n.label === label)!;

  it('has regions, figures, lists and findings of a captured kernel', () => {
    assert.deepEqual(
      outline.map((n) => [n.label, n.description.replaceAll('\u202f', ' ')]),
      [
        ['Regions', '15'],
        ['bbuddy', '0.17.0 · B14 · 0x12000'],
        ['Free lists', '12 lists'],
        ['Findings', 'none'],
      ],
    );
    assert.equal(find('Free').description.replaceAll('\u202f', ' '), '62.3 MiB');
    assert.equal(find('External fragmentation').description, '74.3 %');
  });

  it('of a heap that was not read whole, sums are lower bounds and the largest is not known', () => {
    const ram = capture.bytes('mem/ram-main-3.bin').subarray(0, 0x200000);
    const part = openDump([{ name: 'ram.bin', bytes: ram }], { at: 0n });
    const figures = everyNode(buildOutline(part.snapshot, strip)).filter((n) => n.kind === 'figure');
    const text = Object.fromEntries(figures.map((n) => [n.label, n.description.replaceAll('\u202f', ' ')]));
    assert.match(text['Free']!, /^≥ \d/);
    assert.equal(text['Largest free'], '?');
    assert.equal(text['Largest malloc now'], '?');
    assert.equal(text['External fragmentation'], '?');
    assert.match(text['Blocks']!, /^≥ /);
  });

  it('lists have their members in list order', () => {
    const list = find('free_head[0]');
    assert.deepEqual(
      list.children.map((m) => m.address),
      snapshot!.lists[0]!.entries.map((a) => `0x${a.toString(16)}`),
    );
  });

  it('no two nodes have one id', () => {
    const ids = everyNode(outline).map((n) => n.id);
    assert.equal(new Set(ids).size, ids.length);
  });

  it('without a heap it has the regions alone', () => {
    assert.deepEqual(
      buildOutline(undefined, strip).map((n) => n.label),
      ['Regions'],
    );
  });
});

describe('where an address is', () => {
  const at = (address: bigint) => whereabouts(snapshot, map, '0.17.0', address);

  it('in a block: block, region and neighbours', () => {
    const place = at(0x18a010n);
    assert.match(place.text, /byte 16 of the free block 0x18a000 – 0x18b000/);
    assert.equal(place.index, 9);
    assert.match(place.region ?? '', /region 9, free rw-, 0x180000 – 0x3fdf000/);
    assert.match(place.before ?? '', /^free|^used/);
    assert.equal(place.known, true);
  });

  it('in a region without heap: the region', () => {
    const place = at(0x100010n);
    assert.match(place.text, /lies outside the heap/);
    assert.match(place.region ?? '', /kernel/);
    assert.equal(place.known, true);
  });

  it('nowhere: said to be unknown', () => {
    assert.equal(at(0x7000_0000n).known, false);
    assert.equal(whereabouts(undefined, undefined, '0.17.0', 0x1000n).known, false);
  });
});

describe('bytes as text', () => {
  const bytes = Uint8Array.from({ length: 64 }, (_, i) => (i < 32 ? 0x40 + i : 0));
  const reader = MemoryImage.of([{ base: 0x1008n, bytes }]).reader();

  it('has addresses, bytes and what is printable; a byte that is not there is no zero', () => {
    const [first, second] = hexDump(reader, 0x1000n, 32).split('\n');
    assert.equal(first, '00001000  ·· ·· ·· ·· ·· ·· ·· ··  40 41 42 43 44 45 46 47  |········@ABCDEFG|');
    assert.equal(second, '00001010  48 49 4a 4b 4c 4d 4e 4f  50 51 52 53 54 55 56 57  |HIJKLMNOPQRSTUVW|');
  });

  it('repeated lines are one star, and the last line is written', () => {
    const zeros = MemoryImage.of([{ base: 0n, bytes: new Uint8Array(96) }]).reader();
    const lines = hexDump(zeros, 0n, 96).trimEnd().split('\n');
    assert.deepEqual(
      lines.map((l) => l.slice(0, 8)),
      ['00000000', '*', '00000050'],
    );
  });

  it('addresses above 4 GiB have sixteen digits', () => {
    assert.match(hexDump(reader, 0xffff_8000_0000_0000n, 16), /^ffff800000000000 {2}··/);
  });

  it('what is present ends at the first byte that is not', () => {
    assert.equal(presentBytes(reader, 0x1008n, 4096).length, 64);
    assert.equal(presentBytes(reader, 0x1000n, 16).length, 0);
    assert.deepEqual(presentBytes(reader, 0x1009n, 2), Uint8Array.of(0x41, 0x42));
  });
});
