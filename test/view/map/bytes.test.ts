import assert from 'node:assert/strict';
import { allocatorFor } from '../../../src/allocators/registry';
import { MemoryImage } from '../../../src/memory/image';
import { readMemoryMap } from '../../../src/readers/memory-map';
import { HeapView } from '../../../src/view/heap-view';
import { captureNamed } from '../../support/captures';
import { at, frameOf, MAIN_3, pictured } from '../subjects';
import type { BytePage, BytesView } from '../../../src/view/map/bytes';

const plain = (text: string) => text.replace(/\u202f/g, ' ');

describe('map, byte by byte', () => {
  const view = at(pictured(), MAIN_3);
  const bytes = (change: Record<string, unknown> = {}): BytesView =>
    frameOf(view, { selection: '0x188000', map: { zoom: 'bytes', height: 300, ...change } }).map!.bytes!;
  const page = (address: string): BytePage =>
    bytes({ reveal: address, revealAt: 0 })
      .rows.flatMap((r) => r.pages)
      .find((p) => p.address === address)!;

  it('reveals the page of an address', () => {
    const shown = bytes({ reveal: '0x188010' });
    assert.ok(shown.revealed);
    assert.ok(shown.rows.some((r) => r.pages.some((p) => p.address === '0x188000' && p.selected)));
  });

  it('a free chunk: its head and tail are the allocator’s, the rest is free', () => {
    assert.equal(page('0x188000').title, 'o1');
    const kinds = page('0x188000').parts.map((p) => [p.from, p.end, p.kind]);
    assert.deepEqual(kinds[0], [0, 4096, 'free']);
    assert.ok(
      kinds.some(([from, , kind]) => from === 0 && kind === 'metadata'),
      'head',
    );
    assert.ok(
      page('0x189000').parts.some((p) => p.from === 4092 && p.end === 4096 && p.kind === 'metadata'),
      'tail, on the chunk’s last page',
    );
  });

  it('a used page: header, what was asked for, slack', () => {
    const { parts, title } = page('0x18b000');
    assert.equal(title, 'realloc(0x3fda020, 2000)');
    assert.deepEqual(
      parts.map((p) => [p.from, p.end, p.kind]),
      [
        [0, 32, 'metadata'],
        [32, 2032, 'asked'],
        [2032, 4096, 'slack'],
      ],
    );
  });

  it('bytes are those in memory', () => {
    const shown = bytes({ reveal: '0x188000', revealAt: 0 });
    const { index } = shown.rows.flatMap((r) => r.pages).find((p) => p.address === '0x188000')!;
    assert.deepEqual([...shown.bytes.subarray(index * 4096, index * 4096 + 8)], [0, 0x40, 1, 0, 0, 0, 0, 0]);
  });

  it('every page of the heap has one place, and only those in the window are sent', () => {
    const shown = bytes();
    assert.equal(shown.height, (Math.ceil(142 / 4) + Math.ceil(15967 / 4)) * 244);
    assert.ok(shown.bytes.length <= 12 * 4096);
  });

  it('as many pages side by side as the pane has room for; an area begins a row', () => {
    const { rows, perRow } = bytes({ pages: 8, reveal: '0x180000', revealAt: 0 });
    assert.equal(perRow, 8);
    const row = rows.find((r) => r.pages[0]!.address === '0x180000')!;
    assert.deepEqual(row.pages.map((p) => p.address), ['0x180000', '0x181000', '0x182000', '0x183000', '0x184000', '0x185000', '0x186000', '0x187000']); // prettier-ignore
  });

  it('captions: the call, its line, what a header costs; the last owner of a free page and who freed it', () => {
    assert.equal(page('0x184000').caption, 'was malloc(4000), freed at step 46');
    assert.match(plain(page('0x185000').caption), /^step 36 · main\.c:39 · [\d ]+ B of slack$/);
    assert.equal(plain(page('0x186000').caption), 'step 32 · main.c:30 · page 1 of 2 · 4 064 B of slack');
    assert.equal(plain(page('0x187000').caption), 'step 32 · main.c:30 · page 2 of 2 · 32 B of header cost this page');
    assert.equal(plain(page('0x18c000').caption), 'step 40 · main.c:48 · page 1 of 4 · in front of the aligned address');
  });

  it('what the last step changed, byte by byte: of what it wrote, that which is not what it was', () => {
    const { changed, notes } = page('0x18a000');
    const here = view.subject.kind === 'simulation' ? view.subject.simulation : undefined;
    assert.ok(here);
    const before = MAIN_3 - 1;
    const after = here.reader().bytes(0x18a000n, 4096)!.slice();
    const last = here.cursor;
    here.stepBack();
    const was = here.reader().bytes(0x18a000n, 4096)!;
    const differ = [...after.keys()].filter((i) => after[i] !== was[i]);
    here.seek(last);
    assert.equal(here.cursor.operation, before);
    assert.deepEqual(changed.flatMap(([from, end]) => Array.from({ length: end - from }, (_, i) => from + i)), differ); // prettier-ignore
    assert.ok(differ.length > 0 && notes.includes(`Δ ${String(differ.length)} bytes changed`), notes.join());
  });
});

describe('changed bytes', () => {
  it('since the last stop, whichever way the cursor went: those that differ between the two places', () => {
    const view = at(pictured(), MAIN_3);
    const simulation = view.subject.kind === 'simulation' ? view.subject.simulation : undefined;
    assert.ok(simulation);
    const [base, length] = [0x180000n, 0x20000];
    const bytes = () => simulation.reader().bytes(base, length)!.slice();
    for (const [from, to] of [
      [20, 50],
      [50, 20],
      [44, 45],
    ] as const) {
      at(view, from);
      const before = bytes();
      at(view, to);
      const after = bytes();
      const frame = frameOf(view, {
        since: 'stop',
        map: { zoom: 'bytes', height: 4000, pages: 8, reveal: '0x180000', revealAt: 0 },
      });
      const pages = frame.map!.bytes!.rows.flatMap((r) => r.pages).filter((p) => BigInt(p.address) >= base && BigInt(p.address) < base + BigInt(length)); // prettier-ignore
      const told = pages.flatMap((p) => p.changed.flatMap(([f, e]) => Array.from({ length: e - f }, (_, i) => Number(BigInt(p.address) - base) + f + i))); // prettier-ignore
      assert.deepEqual(
        told,
        [...after.keys()].filter((i) => after[i] !== before[i]),
        `${String(from)} → ${String(to)}`,
      );
    }
  });

  it('a field tells which of its bytes they are', () => {
    const view = at(pictured(), MAIN_3);
    const fields = frameOf(view, { selection: '0x18a000' }).selected!.structs.flatMap((s) => s.fields);
    const changed = fields.filter((f) => f.differs.length > 0);
    assert.ok(changed.length > 0);
    for (const f of changed) assert.ok(f.changed && f.differs.every((i) => i < f.bytes.split(' ').length), f.name);
  });

  it('of a dump’s free page: what its last owner left there', () => {
    const capture = captureNamed('0.17.0-x86_64-bbuddy-64M');
    const room = allocatorFor('bbuddy')!;
    const { map } = readMemoryMap(JSON.stringify({ release: '0.17.0', arch: 'x86_64', allocator: 'bbuddy', regions: [] }));
    const image = MemoryImage.of([{ base: 0n, bytes: capture.bytes('mem/ram-main-3.bin') }]);
    const options = { release: '0.17.0', arch: 'x86_64', config: {} } as const;
    const dump = new HeapView({
      kind: 'dump',
      title: 'ram.bin',
      source: 'RAM dump',
      ...options,
      map,
      reader: image.reader(),
      inspect: (reader, snapshot, address) => room.inspect(reader, snapshot, address),
      snapshot: room.decode(image.reader(), 0x12000n, options),
    });
    const { rows } = frameOf(dump, { map: { zoom: 'bytes', height: 400, pages: 8, reveal: '0x184000', revealAt: 0 } }).map!
      .bytes!;
    const notes = new Map(rows.flatMap((r) => r.pages).map((p) => [p.address, p.notes.map(plain)]));
    assert.deepEqual(notes.get('0x184000'), ['4 000 bytes of its last owner still there']);
    assert.deepEqual(notes.get('0x188000'), []);
  });
});
