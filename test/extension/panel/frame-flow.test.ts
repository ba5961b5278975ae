import assert from 'node:assert/strict';
import { FrameFlow } from '../../../src/extension/panel/frame-flow';

interface Numbered {
  readonly sequence: number;
  readonly value: number;
}

function flow(): { sent: string[]; state: { value: number }; flow: FrameFlow<Numbered> } {
  const sent: string[] = [];
  const state = { value: 0 };
  let sequence = 0;
  const build = (): Numbered => ({ sequence: ++sequence, value: state.value });
  return { sent, state, flow: new FrameFlow(build, (frame) => sent.push(`${frame.sequence}:${frame.value}`)) };
}

describe('frame flow', () => {
  it('sends nothing before the view is ready', () => {
    const t = flow();
    t.flow.changed();
    assert.deepEqual(t.sent, []);
    t.flow.ready();
    assert.deepEqual(t.sent, ['1:0']);
  });

  it('a flood of changes costs one more frame, of the last state', () => {
    const t = flow();
    t.flow.ready();
    for (let i = 1; i <= 1000; i++) {
      t.state.value = i;
      t.flow.changed();
    }
    assert.deepEqual(t.sent, ['1:0']);
    t.flow.painted(1);
    assert.deepEqual(t.sent, ['1:0', '2:1000']);
    t.flow.painted(2);
    assert.equal(t.sent.length, 2);
  });

  it('an old acknowledgement counts for nothing', () => {
    const t = flow();
    t.flow.ready();
    t.flow.changed();
    t.flow.painted(7);
    assert.equal(t.sent.length, 1);
  });

  it('a reloaded view gets a frame at once, though one was on its way', () => {
    const t = flow();
    t.flow.ready();
    t.flow.ready();
    assert.deepEqual(t.sent, ['1:0', '2:0']);
  });

  it('a closed view costs nothing', () => {
    const t = flow();
    t.flow.ready();
    t.flow.close();
    t.flow.changed();
    t.flow.painted(1);
    assert.equal(t.sent.length, 1);
  });
});
