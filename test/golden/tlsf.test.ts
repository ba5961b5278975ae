// Golden traces of tlsf: every result, error, state, hash, dump and log line that was recorded from the real C code must come out.

import assert from 'node:assert/strict';
import { goldenTraces, traceText } from '../support/golden';
import { replayTrace } from '../../src/cli/replay/trace';

describe('golden tlsf', () => {
  const traces = goldenTraces('tlsf');

  it('all 15 traces are here', () => {
    assert.equal(traces.length, 15);
  });

  for (const trace of traces) {
    it(`${trace}: every recorded output comes out`, () => {
      const text = traceText(trace);
      const verdict = replayTrace(text);
      assert.equal(verdict.kind, 'ok', JSON.stringify(verdict));
      assert.equal(verdict.lines, text.trim().split('\n').length - 1);
    });
  }
});
