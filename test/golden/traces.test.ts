// Golden traces were recorded from the real C code. Everything that they record must come out here, to the last bit.

import assert from 'node:assert/strict';
import { goldenTraces, traceText } from '../support/golden';
import { replayTrace } from '../../src/cli/replay/trace';

for (const family of ['bbuddy', 'region', 'boot']) {
  describe(`golden ${family}`, () => {
    for (const trace of goldenTraces(family)) {
      const text = traceText(trace);
      it(`${trace}: every recorded output comes out`, () => {
        const verdict = replayTrace(text);
        assert.equal(verdict.kind, 'ok', JSON.stringify(verdict));
        assert.equal(verdict.lines, text.trim().split('\n').length - 1);
      });
    }
  });
}

describe('golden traces: a changed digit', () => {
  const text = traceText('bbuddy/r17-mixed-small-16m');
  const lines = text.trim().split('\n');

  /** The trace with one replacement in the first line at or after `from` that has the pattern. */
  function changed(from: number, pattern: RegExp, replacement: (found: string) => string): { text: string; line: number } {
    const at = lines.findIndex((l, i) => i >= from && pattern.test(l));
    return { text: lines.map((l, i) => (i === at ? l.replace(pattern, replacement) : l)).join('\n'), line: at + 1 };
  }

  const cases: [string, RegExp, (found: string) => string][] = [
    ['a result', /"ret":"0x[0-9a-f]+"/, (s) => s.replace(/.(?="$)/, (c) => (c === '8' ? '9' : '8'))],
    ['a hash', /"sha256":"[0-9a-f]/, (s) => s.slice(0, -1) + (s.endsWith('1') ? '2' : '1')],
    ['a state', /"nr_free_pages":\d/, (s) => s.slice(0, -1) + String((Number(s.at(-1)) + 1) % 10)],
    ['a free list', /"free":\{"\d+":\["0x4/, (s) => s.slice(0, -1) + '5'],
  ];
  for (const [what, pattern, replacement] of cases) {
    it(`${what}: the mismatch is found at its line`, () => {
      const wrong = changed(300, pattern, replacement);
      const verdict = replayTrace(wrong.text);
      assert.equal(verdict.kind, 'mismatch', JSON.stringify(verdict));
      assert.equal(verdict.line, wrong.line);
      assert.match(verdict.text, /expected|recorded/);
      assert.match(verdict.text, /got/);
    });
  }

  it('a log line of a boot: the mismatch is found', () => {
    const boot = traceText('boot/r12-direct-pc128').replace('Initialize memory allocator...', 'Initialise memory allocator...');
    const verdict = replayTrace(boot);
    assert.equal(verdict.kind, 'mismatch', JSON.stringify(verdict));
  });
});
