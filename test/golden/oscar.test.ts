// Golden traces of Oscar, recorded from the public port's own C code over the bbuddy of 0.3.1, and the dump of one moment.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { allocatorFor } from '../../src/allocators/registry';
import { replayTrace } from '../../src/cli/replay/trace';
import { MemoryImage, type Piece } from '../../src/memory/image';
import { hex } from '../../src/memory/address';
import type { Config } from '../../src/regions/release';
import type { HeapSnapshot } from '../../src/snapshot/snapshot';
import type { ShadowSpace } from '../../src/snapshot/shadow';
import { dumpedHeap } from '../support/oscar';
import { goldenTraces, traceText } from '../support/golden';

describe('golden oscar', () => {
  const traces = goldenTraces('oscar');

  it('all 5 traces are here', () => {
    assert.equal(traces.length, 5);
  });

  for (const trace of traces) {
    it(`${trace}: every recorded output comes out`, () => {
      const text = traceText(trace);
      const verdict = replayTrace(text);
      assert.equal(verdict.kind, 'ok', JSON.stringify(verdict));
      assert.equal(verdict.lines, text.trim().split('\n').length - 1);
    });
  }

  const lines = traceText('oscar/wilde-default-11').trim().split('\n');
  for (const [what, pattern, replacement] of [
    ['a canonical address', /"real":"0x1000bef8"/, '"real":"0x1000bef0"'],
    ['an outcome of an access', /"fault":true/, '"fault":false'],
    ['a table count', /"L1":2/, '"L1":1'],
    ['a line of the canonical allocator', /\(order 9\)/, '(order 8)'],
  ] as const) {
    it(`${what}: a change is noticed`, () => {
      const at = lines.findIndex((l) => pattern.test(l));
      assert.ok(at > 0);
      const verdict = replayTrace(lines.map((l, i) => (i === at ? l.replace(pattern, replacement) : l)).join('\n'));
      assert.equal(verdict.kind, 'mismatch');
      assert.equal(verdict.line, at + 1);
    });
  }
});

const DUMP = join(__dirname, 'traces/oscar/dump');
const part = (file: string, base: bigint): Piece => ({
  base,
  bytes: new Uint8Array(gunzipSync(readFileSync(join(DUMP, file)))),
});
const HEAP = part('heap.bin.gz', 0x10000000n);
const ROOT = part('cr3.bin.gz', 0x9000000n);
const LOOKUP = part('lookup.bin.gz', 0x4091a0n);
const PLACES: Config = { CONFIG_LIBOSCAR_CR3: '0x9000000', CONFIG_LIBOSCAR_LOOKUP: '0x4091a0' };

function decodeDump(segments: readonly Piece[], config: Config): HeapSnapshot {
  return allocatorFor('oscar')!.decode(MemoryImage.of(segments).reader(), HEAP.base, {
    release: '0.3.1',
    arch: 'x86_64',
    config,
  });
}

function spaceOf(snapshot: HeapSnapshot): ShadowSpace {
  const { details } = snapshot;
  assert.equal(details?.kind, 'oscar');
  return details;
}

describe('golden oscar/dump', () => {
  const expected = readFileSync(join(DUMP, 'expected.txt'), 'utf8');

  for (const [what, segments, config] of [
    ['with root and lookup[] given', [HEAP, ROOT, LOOKUP], PLACES],
    ['with root and lookup[] in the dump, nobody knows where', [HEAP, ROOT, LOOKUP], {}],
    ['the heap alone', [HEAP], {}],
  ] as const) {
    it(`${what}: what expected.txt lists is found`, () => {
      const snapshot = decodeDump(segments, config);
      const space = spaceOf(snapshot);
      const stat = /live aliases=(\d+) tables L4=(\d+) L3=(\d+) L2=(\d+) L1=(\d+) avail=(\w+) freeVMAs: \[(\w+),(\w+)\)/.exec(
        expected,
      )!;
      assert.deepEqual(snapshot.state, {
        liveAliases: Number(stat[1]),
        tables: { L4: Number(stat[2]), L3: Number(stat[3]), L2: Number(stat[4]), L1: Number(stat[5]) },
        availmem: stat[6],
        freeVmas: [[stat[7], stat[8]]],
      });
      const aliases = [...expected.matchAll(/struct@(\w+) alias=(\w+) origin=(\w+) size=(\w+)/g)].map((m) =>
        m.slice(1, 5).join(' '),
      );
      assert.deepEqual(
        space.objects.map((o) => `${hex(o.record)} ${hex(o.pointer)} ${hex(o.canonical)} ${hex(o.size)}`).sort(),
        aliases.sort(),
      );
      const vma = /vma@(\w+)/.exec(expected)![1];
      assert.deepEqual(snapshot.lists.find((l) => l.name === 'vmem_free')!.entries.map(hex), [vma]);
      assert.deepEqual(
        snapshot.findings.filter((f) => f.severity === 'error'),
        [],
      );
    });
  }

  it('revoked pages are told from live ones, and each live one has its frame', () => {
    const runs = spaceOf(decodeDump([HEAP], {})).runs.map((r) =>
      `${hex(r.base)} ${r.pages} ${r.state} ${r.frame === undefined ? '' : hex(r.frame)}`.trim(),
    );
    assert.deepEqual(runs, [
      '0x40000000000 1 revoked',
      '0x40000001000 1 live 0x1000b000',
      '0x40000002000 1 revoked',
      '0x40000003000 2 live 0x1000e000',
      '0x40000005000 1 live 0x10003000',
    ]);
  });

  it('the same calls make the same bytes: heap, tables, records and pools', () => {
    const made = dumpedHeap();
    const bytes = made.mem.bytes(Number(HEAP.base), HEAP.bytes.length);
    // The words that differ point into .bss, which the recording had elsewhere, and at functions.
    const ours = new DataView(bytes.buffer, bytes.byteOffset);
    const theirs = new DataView(HEAP.bytes.buffer, HEAP.bytes.byteOffset);
    const differences: string[] = [];
    for (let at = 0; at < bytes.length; at += 8) {
      const [a, b] = [ours.getBigUint64(at, true), theirs.getBigUint64(at, true)];
      if (a === b || (at < 80 && (a === 0n) === (b === 0n)) || made.relocated(a) === b) continue;
      differences.push(`${hex(BigInt(at))}: ${hex(a)}, recorded ${hex(b)}`);
    }
    assert.deepEqual(differences, []);
  });

  it('access: the walk ends where the recording says', () => {
    const space = spaceOf(decodeDump([HEAP, ROOT, LOOKUP], PLACES));
    assert.equal(space.walk(0x40000000fe8n).reaches, undefined);
    assert.equal(space.walk(0x40000000fe8n).state, 'revoked');
    assert.deepEqual(
      space.walk(0x40000000fe8n).steps.map((s) => hex(s.value!)),
      ['0x10008003', '0x10009003', '0x1000a003', '0xfffffffffffffffe'],
    );
    assert.equal(space.walk(0x40000005fe8n).reaches, 0x10003fe8n);
    assert.equal(space.walk(0x40000006000n).state, undefined);
  });
});
