import assert from 'node:assert/strict';
import { at, frameOf, MAIN_3, pictured } from './subjects';
import type { BytePage, BytesView } from '../../src/view/map-bytes';

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
    assert.equal(shown.height, Math.ceil((142 + 15967) / 4) * 244);
    assert.ok(shown.bytes.length <= 12 * 4096);
  });
});
