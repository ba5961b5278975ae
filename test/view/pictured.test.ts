// What the design's pictures print for the 64 MiB capture at main-3, computed by a simulation of its boot and its calls.

import assert from 'node:assert/strict';
import type { Frame } from '../../src/view/frame/frame';
import type { MapItem } from '../../src/view/map/map';
import type { StepRow } from '../../src/view/time/steps';
import { at, frameOf, MAIN_3, pictured } from './subjects';

const plain = (text: string) => text.replace(/\u202f/g, ' ');

describe('the pictured heap: 0.17.0-x86_64-bbuddy-64M at main-3', () => {
  const view = at(pictured(), MAIN_3);
  const frame: Frame = frameOf(view, { selection: '0x188000', map: { height: 320 } });

  it('metrics: value, change by the last operation, formula', () => {
    const rows = frame.metrics!.rows.map((r) => [r.label, plain(r.value), plain(r.change)]);
    assert.deepEqual(rows, [
      ['Free', '62.3 MiB', '+4 KiB'],
      ['Used', '628 KiB', '−4 KiB'],
      ['of it slack', '297 KiB', '·'],
      ['Largest free chunk', '16 MiB', '·'],
      ['Largest malloc now', '16 777 184 B', '·'],
      ['External fragm.', '74.3 %', '+0.002 pt'],
      ['Internal fragm.', '47.2 %', '+0.3 pt'],
      ['Blocks · free chunks', '19 · 23', '+1'],
      ['Overhead', '12 KiB', '·'],
    ]);
    assert.equal(plain(frame.metrics!.note), 'was 74.6 % before the first malloc');
  });

  it('free lists: orders, counts, members in list order, shares', () => {
    const { rows, title, summary } = frame.lists!;
    assert.equal(plain(title), 'walked from free_head[52] at 0x12078 · 23 chunks · orders 13–51 empty');
    assert.equal(summary, 'o0×5 o1×2 … o12×2 · 23 chunks');
    assert.deepEqual(
      rows.map((r) => [r.name, r.count, plain(r.bytes), plain(r.shareText)]),
      [
        ['o0', 5, '20 KiB', '<0.1 %'],
        ['o1', 2, '16 KiB', '<0.1 %'],
        ['o2', 1, '16 KiB', '<0.1 %'],
        ['o3', 0, '', ''],
        ['o4', 2, '128 KiB', '0.2 %'],
        ['o5', 1, '128 KiB', '0.2 %'],
        ['o6', 2, '512 KiB', '0.8 %'],
        ['o7', 1, '512 KiB', '0.8 %'],
        ['o8', 1, '1 MiB', '1.6 %'],
        ['o9', 2, '4 MiB', '6.4 %'],
        ['o10', 2, '8 MiB', '12.8 %'],
        ['o11', 2, '16 MiB', '25.7 %'],
        ['o12', 2, '32 MiB', '51.4 %'],
      ],
    );
    assert.deepEqual(
      rows[0]!.members.map((m) => m.address),
      ['0x18a000', '0x16000', '0x184000', '0x3fd9000', '0x3fdb000'],
    );
    assert.ok(rows[0]!.members[0]!.changed && rows[1]!.members[0]!.selected);
    assert.equal(plain(rows[1]!.spoken), 'order 1, 2 chunks, 16 kibibytes');
    assert.equal(rows[1]!.members[0]!.spoken, '1 of 2, 0x188000, next 0x14000');
  });

  it('map: one page a cell, 61.5 MiB in a fold of ten chunks, two headings, a gap of 896 KiB', () => {
    const map = frame.map!;
    assert.equal(plain(map.title), '1 cell = 1 page · 1 row = 256 KiB');
    const items = map.items.map((i) => (i.kind === 'row' ? i.base : i.kind));
    assert.deepEqual(items, ['heading', '0x0', '0x40000', '0x80000', 'gap', 'heading', '0x180000', '0x1c0000', 'fold', '0x3f80000', '0x3fc0000', 'footer']); // prettier-ignore
    const fold = map.items.find((i) => i.kind === 'fold')!;
    assert.equal(plain(fold.size), '61.5 MiB');
    assert.deepEqual(
      fold.boxes.map((b) => `${b.label} ${b.size}`),
      ['o9 2M', 'o10 4M', 'o11 8M', 'o12 16M', 'o12 16M', 'o11 8M', 'o10 4M', 'o9 2M', 'o8 1M', 'o7 512K'],
    );
    const texts = map.items.flatMap((i) =>
      i.kind === 'heading' ? [`${i.mark} ${i.title}`] : i.kind === 'gap' ? [plain(i.text)] : [],
    );
    assert.deepEqual(texts, ['① region 2', '0xa0000…0x180000 · 896 KiB is not heap (reserved, kernel, cmdline)', '② region 9']);
    assert.equal(map.linkText, 'next in o1');
  });

  it('map: the footer holds the sum of all blocks against the allocator’s own count', () => {
    const footer = frame.map!.items.find((i): i is MapItem & { kind: 'gap' | 'footer' } => i.kind === 'footer')!;
    assert.equal(plain(footer.text), 'Σ 45 blocks, none dropped · free 62.3 MiB ✓ nr_free_pages = 15 949');
  });

  it('map: a malloc of 100000 is solid for what was asked and its header, hatched for the rest', () => {
    const map = frame.map!;
    const i = map.labels.findIndex((l) => l[0] === 'malloc(100000)');
    const run = map.runs.label.indexOf(i);
    assert.deepEqual([map.runs.size[run], map.runs.solid[run]], [131072, 100032]);
  });

  it('map: a palloc of 3 pages out of 4 has one page of slack, which only its caller tells', () => {
    const map = frame.map!;
    const run = map.runs.label.indexOf(map.labels.findIndex((l) => l[0] === 'palloc(3)'));
    assert.deepEqual([map.runs.size[run], map.runs.solid[run]], [16384, 12288]);
  });

  it('strip: 15 regions, order of use, decisions, gaps with their length', () => {
    const { items, lines } = frame.strip;
    assert.deepEqual(lines, ['15 regions', 'both FREE used']);
    const texts = items.map((i) =>
      i.kind === 'gap'
        ? `gap ${i.shortSize}`
        : i.kind === 'region'
          ? `${i.mark}${i.letter} ${plain(i.label) || i.shortSize}`
          : 'more',
    );
    assert.deepEqual(texts, [
      'gap 4K', 'K 24B', 'S 64K', '①F init → heap', 'R 128K', 'gap 128K', 'R 128K', 'K 192K', 'K 72K', 'K 244K', 'C 23B', '②F addmem → added', 'R 132K',
      'gap 2.69G', 'R 256M', 'gap 1005M', 'R 16K', 'gap 18.6M', 'R 256K', 'gap 1008G', 'R 12G',
    ]); // prettier-ignore
    const added = items.find((i) => i.kind === 'region' && i.index === 9)!;
    assert.ok(added.kind === 'region');
    assert.equal(plain(added.spoken), 'Region 9, free, read write, 62.4 mebibytes at 0x180000');
  });

  it('selected: fields with address, bytes as read and value, links where they point', () => {
    const { title, size, structs } = frame.selected!;
    assert.deepEqual([title, plain(size)], ['Free chunk, order 1', '8 KiB · 2 pages']);
    const fields = structs.flatMap((s) => s.fields).map((f) => [f.address, f.bytes, f.name, f.value, f.link]);
    assert.deepEqual(fields.slice(0, 3), [
      ['0x188000', '00 40 01 00 00 00 00 00', 'next', '0x14000', '0x14000'],
      ['0x188008', '80 20 01 00 00 00 00 00', 'pprev', '0x12080', '0x12080'],
      ['0x188010', '01 00 00 00', 'level', '1', ''],
    ]);
    assert.ok(fields.some(([address, bytes]) => address === '0x189ffc' && bytes === '01 00 00 00'));
  });

  it('selected: the bitmap’s bits are the number behind the answer, also where not all of them fit its word', () => {
    const bitmapOf = (address: string) =>
      frameOf(view, { selection: address }).selected!.history.find((h) => h.label === 'Bitmap')?.text;
    assert.equal(frame.selected!.history[0]!.text, 'bits 7–8 are 0 = free (0x180028)');
    assert.equal(bitmapOf('0x18b000'), 'bit 10 is 1 = allocated (0x180028)');
    assert.match(bitmapOf('0x1000000')!, /^bits \d+–63 and on are 0 = free \(0x[0-9a-f]+\)$/);
  });

  it('selected: why it is not merged, who is in the way, and since when', () => {
    const { merge } = frame.selected!;
    assert.equal(merge!.text, 'Its buddy 0x18a000 is free, but only order 0: 0x18b000 is still held by realloc(0x3fda020, 2000). Free that, and all join to order 2.'); // prettier-ignore
    assert.equal(merge!.blocker, '0x18b000');
    assert.deepEqual(
      merge!.parts.map((p) => [p.base, p.label, p.share]),
      [
        ['0x188000', 'this · o1', 0.5],
        ['0x18a000', 'o0', 0.25],
        ['0x18b000', 'used', 0.25],
      ],
    );
  });

  it('steps: the current operation is open to its C-level steps, with function and file', () => {
    const { rows, step, current, first } = frame.steps!;
    const row = rows[current - first]! as StepRow & { kind: 'operation' };
    assert.deepEqual(
      [row.kind, row.title, row.when, plain(row.change)],
      ['operation', 'pfree(0x18a000, 1)', 'current', '−4 KiB'],
    );
    assert.equal(rows[current - first + 1]!.kind, 'step');
    assert.deepEqual([step!.fn, step!.file], ['bbuddy_pfree', 'lib/ukallocbbuddy/bbuddy.c']);
  });

  it('says the step once for screen readers', () => {
    assert.match(plain(frame.spoken), /^Step 50, pfree\(0x18a000, 1\): .*\. Free 62\.3 mebibytes, plus 4 kibibytes\.$/);
  });

  it('the timeline speaks its place', () => assert.equal(frame.timeline!.spoken, 'Step 50 of 70, pfree(0x18a000, 1)'));

  it('chips: what was read, by which profile, and that nothing is wrong', () => {
    assert.deepEqual(
      frame.chips.map((c) => c.text),
      ['bbuddy', '0.17.0 · B14', 'x86_64', 'source: memory-map file', '✓ no findings'],
    );
  });

  it('at the end everything that main() took has been given back', () => {
    const end = frameOf(at(pictured(), 70));
    assert.equal(plain(end.metrics!.rows[0]!.value), '62.5 MiB');
  });
});
