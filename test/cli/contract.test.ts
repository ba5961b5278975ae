// The command line's contract: what it prints, and with which status it ends.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { captureNamed } from '../support/captures';
import { Inputs, ukboot, ukbootJson } from '../support/cli';
import { traceText } from '../support/golden';

const EXAMPLES = join(__dirname, '../../examples');
const TRANSCRIPT = join(EXAMPLES, 'gdb-0.17.0-x86_64-bbuddy.txt');
const capture = captureNamed('0.17.0-x86_64-bbuddy-64M');

interface SimulationJson {
  readonly allocator: string;
  readonly release: string;
  readonly regions: readonly { readonly decision: string; readonly reason: string }[];
  readonly log: readonly string[];
  readonly ops: readonly { readonly op: string; readonly ret?: string | null }[];
  readonly state: Readonly<Record<string, unknown>>;
  readonly metrics: Readonly<Record<string, unknown>>;
}

let inputs: Inputs;
before(() => (inputs = new Inputs()));
after(() => inputs.remove());

describe('ukboot simulate', () => {
  it('the bundled real boot: regions, decisions, log, state, metrics', () => {
    const run = ukboot('simulate', TRANSCRIPT);
    assert.equal(run.status, 0, run.stderr);
    for (const text of [
      'it became the heap, at 0x12000',
      'Initialize binary buddy allocator 12000',
      'free_head[12]',
      'external fragmentation',
    ]) {
      assert.ok(run.stdout.includes(text), text);
    }
  });

  it('json holds what the contract names', () => {
    const json = ukbootJson('simulate', TRANSCRIPT) as SimulationJson;
    assert.equal(json.allocator, 'bbuddy');
    assert.equal(json.release, '0.17.0');
    assert.deepEqual(
      json.regions.filter((r) => r.decision !== 'skipped').map((r) => r.decision),
      ['init', 'addmem'],
    );
    assert.ok(json.log.includes('Initialize memory allocator...'));
    assert.ok(typeof json.state.nr_free_pages === 'number' && 'free' in json.state && 'memr' in json.state);
    assert.ok('largestRequest' in json.metrics);
  });

  it('--report writes a page that runs nothing, --table prints one table', () => {
    const path = inputs.write('report.html', '');
    const run = ukboot('simulate', TRANSCRIPT, '--report', path, '--table', 'regions');
    assert.equal(run.status, 0, run.stderr);
    assert.match(run.stdout, /^index,name,type,/);
    assert.match(run.stdout, /,init,/);
    const report = readFileSync(path, 'utf8');
    assert.ok(report.startsWith('<!DOCTYPE html>') && report.includes('<svg') && !report.includes('<script'));
    const json = ukbootJson('simulate', TRANSCRIPT, '--table', 'blocks') as readonly { readonly address: string }[];
    assert.ok(json.length > 10 && json.every((b) => b.address.startsWith('0x')));
    const wrong = ukboot('simulate', TRANSCRIPT, '--table', 'nonsense');
    assert.equal(wrong.status, 2);
    const other = ukboot('simulate', TRANSCRIPT, '--table', 'tlsf-lists');
    assert.deepEqual([other.status, /no tlsf-lists here; there are regions, ledger/.test(other.stderr)], [2, true]);
    const lost = ukboot('simulate', TRANSCRIPT, '--report', '/nowhere/at/all.html');
    assert.deepEqual([lost.status, lost.stderr], [2, 'ukboot: /nowhere/at/all.html: no such file\n']);
  });

  it('a recorded workload is checked, and a changed address is exit 1', () => {
    const transcript = inputs.write('pre-heap.txt', capture.text('gdb/10-pre-heap.txt'));
    const config = inputs.write('kconfig', capture.text('kconfig-full.txt'));
    const trace = capture.text('alloc-trace.jsonl');
    const good = inputs.write('trace.jsonl', trace);
    const run = ukboot('simulate', transcript, '--config', config, '--workload', good, '--format', 'json');
    assert.equal(run.status, 0, run.stderr);
    const wrong = inputs.write('wrong.jsonl', trace.replace('"ret": "0x3fd9020"', '"ret": "0x3fda020"'));
    const failed = ukboot('simulate', transcript, '--config', config, '--workload', wrong);
    assert.equal(failed.status, 1);
    assert.match(failed.stderr, /malloc\(24\): recorded 0x3fda020, got 0x3fd9020/);
    // Counted as the heap view counts steps, and as the recording's lines are counted.
    const line = trace.split('\n').findIndex((l) => l.includes('"ret": "0x3fd9020"')) + 1;
    const [, where, step] = /^.*wrong\.jsonl: line (\d+): step (\d+), malloc\(24\): recorded 0x3fda020/m.exec(failed.stderr)!;
    assert.equal(Number(where), line);
    const steps = ukboot('simulate', transcript, '--config', config, '--workload', wrong, '--table', 'steps', '--format', 'json');
    const rows = JSON.parse(steps.stdout) as { readonly step: number }[];
    assert.match(JSON.stringify(rows.find((r) => r.step === Number(step))), /malloc\(24\).*recorded 0x3fda020/);
  });

  it('main()’s calls alone are reproduced after the kernel’s own', () => {
    const four = captureNamed('0.17.0-x86_64-bbuddy-4G');
    const transcript = inputs.write('4g.txt', four.text('gdb/10-pre-heap.txt'));
    const config = inputs.write('4g.config', four.text('kconfig-full.txt'));
    const calls = inputs.write('heap-calls.json', four.text('heap-calls.json'));
    assert.equal(ukboot('simulate', transcript, '--config', config, '--workload', calls).status, 0);
  });

  it('options override what the input says', () => {
    const json = ukbootJson(
      'simulate',
      TRANSCRIPT,
      '--allocator',
      'region',
      '--release',
      '0.16',
      '--set',
      'CONFIG_UKPLAT_MEMRNAME=y',
    ) as SimulationJson;
    assert.equal(json.allocator, 'region');
    assert.equal(json.release, '0.16.0');
  });

  it('a boot without heap is exit 1, with the kernel’s own line', () => {
    const run = ukboot('simulate', join(EXAMPLES, 'boot-without-heap.ukboot.json'));
    assert.equal(run.status, 1);
    assert.match(run.stderr, /No suitable memory region|Failed to initialize memory allocator/);
  });

  it('svg is well-formed, and names from a file are text', () => {
    const file = inputs.write(
      'names.ukboot.json',
      '{"release":"0.10.0","regions":[{"base":"0x100000","len":"0x100000","flags":["ALLOCATABLE"],"name":"<script>&\\"x"}]}',
    );
    const run = ukboot('simulate', file, '--format', 'svg');
    assert.match(run.stdout, /^<svg [^]*<\/svg>\s*$/);
    assert.ok(!run.stdout.includes('<script>'));
  });
});

describe('ukboot: every example', () => {
  for (const [file, status] of [
    ['paged-0.17.ukboot.json', 0],
    ['typed-0.14.ukboot.json', 0],
    ['classic-0.10.ukboot.json', 0],
    ['boot-regions.c', 0],
    ['gdb-0.17.0-x86_64-bbuddy.txt', 0],
    ['boot-without-heap.ukboot.json', 1],
  ] as const) {
    it(`${file} is simulated`, () => assert.equal(ukboot('simulate', join(EXAMPLES, file)).status, status));
  }
});

describe('ukboot decode, diff, replay', () => {
  it('a sparse dump: the heap that its symbols point to, and the block that holds an address', () => {
    const dump = inputs.write('ram-main-2.sparse.bin', capture.bytes('mem/ram-main-2.sparse.bin'));
    const index = inputs.write('index.json', capture.text('mem/index.json'));
    const symbols = inputs.write('nm.txt', capture.text('elf/nm-memory-symbols.txt'));
    const args = ['decode', dump, '--index', index, '--symbols', symbols, '--release', '0.17.0', '--address', '0x184030'];
    const json = ukbootJson(...args) as { heap: string; findings: unknown[]; place: { text: string } };
    assert.equal(json.heap, '0x12000');
    assert.deepEqual(json.findings, []);
    assert.match(json.place.text, /0x184030 is byte 48 of the used block 0x184000 – 0x185000 .*byte 16 of its payload/);
  });

  it('a dump alone: heap, allocator and release are found, and how is told', () => {
    const dump = inputs.write('memory.bin', capture.bytes('mem/ram-main-3.bin'));
    const json = ukbootJson('decode', dump) as {
      heap: string;
      allocator: string;
      release: string;
      recognised: { checks: unknown[] };
    };
    assert.deepEqual([json.heap, json.allocator, json.release], ['0x12000', 'bbuddy', '0.17.0']);
    assert.ok(json.recognised.checks.length >= 4);
    const text = ukboot('decode', dump).stdout;
    assert.match(text, /taken to begin at 0x0/);
    assert.match(text, /✓ allocator, by private structure/);
  });

  it('a dump, symbols, a configuration and a session together, and the heap as an expression', () => {
    const files = ['mem/ram-main-3.bin', 'elf/nm-memory-symbols.txt', 'kconfig-full.txt', 'gdb/33-main-stage3.txt'].map((f, i) =>
      inputs.write(`together-${String(i)}`, capture.bytes(f)),
    );
    for (const heap of ['*(struct uk_alloc **)0x177500', '_uk_alloc_head']) {
      const json = ukbootJson('decode', ...files, '--heap', heap) as { heap: string; recognised: { assumed: unknown[] } };
      assert.equal(json.heap, '0x12000');
      assert.deepEqual(json.recognised.assumed, []);
    }
    const wrong = ukboot('decode', ...files, '--heap', '_no_such_symbol');
    assert.equal(wrong.status, 2);
    const other = ukboot('simulate', TRANSCRIPT, '--table', 'tlsf-lists');
    assert.deepEqual([other.status, /no tlsf-lists here; there are regions, ledger/.test(other.stderr)], [2, true]);
    assert.match(wrong.stderr, /no symbol _no_such_symbol/);
  });

  it('diff: a dump against the simulation of its own boot is the same, and where it is not, the field is named', () => {
    const calls = inputs.write('calls.jsonl', capture.bytes('alloc-trace.jsonl'));
    const good = inputs.write('good.bin', capture.bytes('mem/ram-main-3.bin'));
    const same = ukboot('diff', good, '--workload', calls);
    assert.equal(same.status, 0, same.stdout);
    assert.match(same.stdout, /The dump is what the simulation has after step 50 of 70, pfree/);
    const bytes = Uint8Array.from(capture.bytes('mem/ram-main-3.bin'));
    new DataView(bytes.buffer).setUint32(0x12070, 7, true);
    const differs = ukboot('diff', inputs.write('bad.bin', bytes), '--workload', calls);
    assert.equal(differs.status, 1);
    assert.match(
      differs.stdout,
      /First differing step\n +0x12070 struct uk_bbpalloc at 0x12070, nr_free_pages: in the dump 0x0+7/,
    );
    const two = ukboot('diff', good, inputs.write('bad.bin', bytes));
    assert.equal(two.status, 1);
    assert.match(two.stdout, /struct uk_bbpalloc at 0x12070: nr_free_pages, 0x12070: 15949 → 7/);
  });

  it('a damaged list is exit 1, with its address', () => {
    const bytes = Uint8Array.from(capture.bytes('mem/ram-main-3.bin'));
    const view = new DataView(bytes.buffer);
    // free_head[0] of the struct uk_bbpalloc behind the struct uk_alloc at 0x12000; its first chunk links to itself from now on.
    const chunk = view.getBigUint64(0x12000 + 112 + 8, true);
    view.setBigUint64(Number(chunk), chunk, true);
    const run = ukboot('decode', inputs.write('cycle.bin', bytes), '--at', '0', '--heap', '0x12000', '--release', '0.17.0');
    assert.equal(run.status, 1);
    assert.match(run.stdout, new RegExp(`list-cycle at 0x${chunk.toString(16)}`));
    assert.match(run.stdout, /free_head\[12\]/);
  });

  it('diff: the same state has no difference, a later one has', () => {
    const state = (...more: string[]): string => ukboot('simulate', TRANSCRIPT, '--format', 'json', ...more).stdout;
    const a = inputs.write('a.json', state());
    const b = inputs.write('b.json', state('--workload', inputs.write('w.json', '[{"op":"malloc","id":1,"size":100}]')));
    assert.equal(ukboot('diff', a, a).status, 0);
    const run = ukboot('diff', a, b);
    assert.equal(run.status, 1);
    assert.match(run.stdout, /state\.nr_free_pages: \d+ → \d+/);
    assert.match(run.stdout, /block 0x[0-9a-f]+: /);
  });

  it('replay: ok for a trace, the first mismatch with expected and got for a changed one', () => {
    const text = traceText('bbuddy/r17-words-512k');
    const good = inputs.write('good.jsonl.gz', gzipSync(text));
    const wrong = inputs.write('wrong2.jsonl', text.replace(/"ret":"0x10002020"/, '"ret":"0x10002030"'));
    assert.notEqual(text.indexOf('"ret":"0x10002020"'), -1);
    const run = ukboot('replay', good, wrong);
    assert.equal(run.status, 1);
    assert.match(run.stdout, /^ok .*good/m);
    assert.match(run.stdout, /^MISMATCH .*wrong2.*recorded 0x10002030, got 0x10002020/m);
  });
});

describe('ukboot explain', () => {
  const list =
    '{"release":"0.17.0","allocator":"bbuddy","regions":[{"pbase":"0x1000","len":"0x9f000","type":"FREE","flags":["READ","WRITE"]},{"pbase":"0x7ae000","len":"0x1000","type":"FREE","flags":["READ","WRITE"]}]}';

  it('a sentence a region, the ledger, and a card for what was refused', () => {
    const run = ukboot('explain', inputs.write('small.ukboot.json', list));
    assert.equal(run.status, 0, run.stderr);
    for (const text of [
      'What became of each region',
      'Where every byte went',
      'Why was 0x7ae000…0x7af000 not added?',
      'kernel: 1000: Failed to add memory region 7ae000-7af000',
    ])
      assert.ok(run.stdout.includes(text), text);
  });

  it('json: regions, ledger that adds up, cards', () => {
    const json = ukbootJson('explain', inputs.write('small.ukboot.json', list)) as {
      readonly regions: readonly { readonly kind: string }[];
      readonly ledger: { readonly total: number; readonly entries: readonly { readonly bytes: number }[] };
      readonly cards: readonly { readonly id: string }[];
    };
    assert.deepEqual(
      json.regions.map((r) => r.kind),
      ['init', 'failed'],
    );
    assert.equal(
      json.ledger.entries.reduce((sum, e) => sum + e.bytes, 0),
      json.ledger.total,
    );
    assert.deepEqual(
      json.cards.map((c) => c.id),
      ['region:1'],
    );
  });

  it('one region, one step, a request that is only asked about, Markdown', () => {
    const file = inputs.write('small.ukboot.json', list);
    assert.match(ukboot('explain', file, '--region', '0').stdout, /Why did 0x1000…0xa0000 become the heap\?/);
    assert.match(ukboot('explain', file, '--request', '2').stdout, /Why did 0x1000…0xa0000 become the heap\?/);
    assert.match(ukboot('explain', file, '--malloc', '0x100000').stdout, /Why did malloc\(1048576\) \(1\u202fMiB\) fail\?/);
    assert.match(ukboot('explain', file, '--region', '1', '--markdown').stdout, /^### Why was 0x7ae000…0x7af000 not added\?/);
  });

  it('what is not there is unusable; a boot without heap is exit 1, explained', () => {
    const file = inputs.write('small.ukboot.json', list);
    const outside = ukboot('explain', file, '--region', '2');
    assert.deepEqual([outside.status, outside.stderr], [2, 'ukboot: --region: the list has regions 0 to 1, not 2\n']);
    assert.equal(ukboot('explain', file, '--request', '0').status, 2);
    assert.equal(ukboot('explain', file, '--malloc', 'much').status, 2);
    const none = ukboot('explain', join(EXAMPLES, 'boot-without-heap.ukboot.json'));
    assert.equal(none.status, 1);
    assert.match(none.stdout, /none of the 3 regions is FREE/);
  });
});
