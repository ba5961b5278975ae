// The command line on input that it cannot use, or only in part.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { captureNamed } from '../support/captures';
import { Inputs, ukboot } from '../support/cli';

const TRANSCRIPT = join(__dirname, '../../examples/gdb-0.17.0-x86_64-bbuddy.txt');
const capture = captureNamed('0.17.0-x86_64-bbuddy-64M');

let inputs: Inputs;
before(() => (inputs = new Inputs()));
after(() => inputs.remove());

describe('ukboot: unusable input is one clear line and exit 2', () => {
  const cases: [string, () => string[], RegExp][] = [
    ['an empty file', () => ['simulate', inputs.write('empty', '')], /empty/],
    [
      'binary noise',
      () => [
        'simulate',
        inputs.write(
          'noise',
          Uint8Array.from({ length: 5000 }, (_, i) => (i * 2654435761) >>> 13),
        ),
      ],
      /descriptor|bootinfo|regions/,
    ],
    ['a file that is not there', () => ['regions', join(inputs.folder, 'missing')], /no such file/],
    [
      'a wrong type in a memory map',
      () => ['simulate', inputs.write('type.ukboot.json', '{"regions": {"pbase": 1}}')],
      /regions/,
    ],
    ['JSON that ends early', () => ['simulate', inputs.write('cut.ukboot.json', '{"regions": [')], /./],
    ['foreign text', () => ['simulate', inputs.write('poem.txt', 'Roses are red\nViolets are blue\n')], /region/],
    [
      'a trace that frees twice',
      () => [
        'simulate',
        TRANSCRIPT,
        '--workload',
        inputs.write('twice.json', '[{"op":"malloc","id":1,"size":100},{"op":"free","of":1},{"op":"free","of":1}]'),
      ],
      /freed|twice/,
    ],
    ['a truncated gzip', () => ['simulate', inputs.write('cut.gz', gzipSync('x'.repeat(5000)).subarray(0, 20))], /unpacked/],
    ['an unknown command', () => ['simulat'], /no command/],
    ['an unknown option', () => ['simulate', TRANSCRIPT, '--colour'], /--colour/],
    ['a release that does not exist', () => ['simulate', TRANSCRIPT, '--release', '9.9'], /9\.9/],
    ['a raw dump without an address', () => ['decode', inputs.write('raw.bin', new Uint8Array(8192))], /--at/],
    ['a bad trace', () => ['replay', inputs.write('bad.jsonl', '{"format":"x"}\n')], /./],
  ];
  for (const [what, args, message] of cases) {
    it(what, () => {
      const run = ukboot(...args());
      assert.equal(run.status, 2, run.stdout.slice(0, 500));
      assert.match(run.stderr, message);
      assert.equal(run.stderr.trim().split('\n').length, 1, run.stderr);
    });
  }
});

describe('ukboot: odd input is read as far as it goes', () => {
  it('a transcript cut in the middle of a descriptor gives a located problem', () => {
    const whole = capture.text('gdb/10-pre-heap.txt');
    const at = whole.indexOf('vbase', whole.indexOf('pbase = 0x180000')) + 10;
    const run = ukboot('regions', inputs.write('cut.txt', whole.slice(0, at)));
    assert.match(run.stdout, /\d+:\d+: (error|warning): .*\[cut-off\]/);
    assert.equal(run.status, 0);
  });

  it('100 000 descriptors are read and judged', () => {
    const regions = Array.from(
      { length: 100_000 },
      (_, i) => `{"pbase":"0x${(0x100000 + i * 0x4000).toString(16)}","len":"0x2000","type":"RESERVED","flags":["READ"]}`,
    );
    const run = ukboot('regions', inputs.write('many.ukboot.json', `{"release":"0.17.0","regions":[${regions.join(',')}]}`));
    assert.equal(run.status, 0);
    assert.match(run.stdout, /^100000 descriptors/);
  });

  it('len = 2^64 − 1 and overlapping regions are located errors', () => {
    const file = inputs.write(
      'odd.ukboot.json',
      '{"release":"0.17.0","regions":[\n{"pbase":"0x1000","len":"0xffffffffffffffff","type":"FREE","flags":["READ","WRITE"]},\n{"pbase":"0x2000","len":"0x3000","type":"KERNEL","flags":["READ"]}]}',
    );
    const run = ukboot('regions', file);
    assert.match(run.stdout, /2:\d+: error: .*\[overflow\]|overflow/);
    assert.match(run.stdout, /overlap/);
    assert.ok(ukboot('simulate', file).status !== null);
  });
});
