import assert from 'node:assert/strict';
import { PanelHost } from '../../../src/extension/panel/host';
import type { ClientEvents, ClientMessage, HostMessage, Layout } from '../../../src/protocol/messages';
import { readMemoryMap } from '../../../src/readers/memory-map';
import { allocatorFor } from '../../../src/allocators/registry';
import { Simulation } from '../../../src/timeline/simulation';
import { HeapView } from '../../../src/view/heap-view';
import { FIRST_VIEWPORT } from '../../../src/view/viewport';

const MAP = `{ "release": "0.17.0", "allocator": "bbuddy", "regions": [
  { "pbase": "0x100000", "len": "0x100000", "type": "FREE", "flags": ["READ", "WRITE"] } ],
  "workload": [ { "op": "malloc", "id": 1, "size": 100 }, { "op": "free", "of": 1 } ] }`;

interface Panel {
  readonly host: PanelHost;
  readonly posted: HostMessage[];
  readonly copied: string[];
  readonly ran: string[];
  readonly dropped: ClientEvents['drop'][];
  say(message: ClientMessage): void;
}

function panel(): Panel {
  const { map, workload } = readMemoryMap(MAP);
  const simulation = Simulation.create({ map, workload, release: '0.17.0', arch: 'x86_64', allocator: 'bbuddy', config: {} });
  const bbuddy = allocatorFor('bbuddy')!;
  const view = new HeapView({
    kind: 'simulation',
    title: 't',
    source: 's',
    release: '0.17.0',
    arch: 'x86_64',
    inspect: (reader, snapshot, address) => bbuddy.inspect(reader, snapshot, address),
    simulation,
  });
  const posted: HostMessage[] = [];
  const copied: string[] = [];
  const ran: string[] = [];
  const dropped: ClientEvents['drop'][] = [];
  let layout: Layout | undefined;
  const host = new PanelHost(
    view,
    { input: 'x' },
    {
      post: (m) => posted.push(m),
      copy: (t) => copied.push(t),
      run: (c) => ran.push(c),
      moved: () => undefined,
      selected: () => undefined,
      layout: () => layout,
      arranged: (l) => (layout = l),
      dropped: (d) => dropped.push(d),
    },
  );
  return { host, posted, copied, ran, dropped, say: (message) => host.handle(message) };
}

const ready: ClientMessage = { type: 'event', name: 'ready', body: { viewport: FIRST_VIEWPORT } };

/** Sequence numbers of the frames that were posted. */
function frames(posted: readonly HostMessage[]): number[] {
  return posted.flatMap((m) => (m.type === 'event' && m.name === 'frame' ? [m.body.frame.sequence] : []));
}

describe('panel host', () => {
  it('posts nothing until the view is ready, then a whole frame with what to keep', () => {
    const p = panel();
    p.host.move('restart');
    assert.equal(p.posted.length, 0);
    p.say(ready);
    const [message] = p.posted;
    assert.ok(message?.type === 'event' && message.name === 'frame');
    assert.deepEqual(message.body.restore, { input: 'x' });
    assert.equal(message.body.frame.sequence, 1);
  });

  it('the first frame brings how panes stood last in the workspace; a panel that is moved says so', () => {
    const p = panel();
    const layout: Layout = { sizes: { steps: 300 }, folded: ['log'] };
    p.say({ type: 'event', name: 'arranged', body: { layout } });
    p.say(ready);
    const [first] = p.posted;
    assert.ok(first?.type === 'event' && first.name === 'frame');
    assert.deepEqual(first.body.layout, layout);
    p.say({ type: 'event', name: 'painted', body: { sequence: 1 } });
    p.host.move('stepBack');
    const second = p.posted.at(-1);
    assert.ok(second?.type === 'event' && second.name === 'frame' && second !== first);
    assert.equal(second.body.layout, undefined);
  });

  it('a restored view brings its cursor', () => {
    const p = panel();
    p.say({ type: 'event', name: 'ready', body: { viewport: FIRST_VIEWPORT, cursor: { operation: 1, step: 1 } } });
    assert.deepEqual(p.host.view.cursor, { operation: 1, step: 1 });
  });

  it('a view that comes back from hiding brings an old cursor, which counts for nothing', () => {
    const p = panel();
    p.say(ready);
    p.host.close();
    p.host.move('restart');
    p.say({ type: 'event', name: 'ready', body: { viewport: FIRST_VIEWPORT, cursor: { operation: 1, step: 1 } } });
    assert.deepEqual(p.host.view.cursor, { operation: 0, step: 0 });
  });

  it('every frame survives JSON', () => {
    const p = panel();
    p.say(ready);
    const bigints: string[] = [];
    JSON.stringify(p.posted, (key, value: unknown) => {
      if (typeof value === 'bigint' || value instanceof Map) bigints.push(key);
      return typeof value === 'bigint' ? value.toString() : value;
    });
    assert.deepEqual(bigints, []);
  });

  it('a hundred steps cost one more frame, once the first is painted', () => {
    const p = panel();
    p.say(ready);
    for (let i = 0; i < 100; i++) p.say({ type: 'event', name: 'move', body: { how: i % 2 === 0 ? 'stepBack' : 'stepForward' } });
    assert.equal(frames(p.posted).length, 1);
    p.say({ type: 'event', name: 'painted', body: { sequence: frames(p.posted)[0]! } });
    assert.equal(frames(p.posted).length, 2);
  });

  it('a frame says whether one step led to it: not several, not a seek, nor one that the view asked for', () => {
    const p = panel();
    p.say(ready);
    const stepped = (...acts: readonly (() => void)[]): boolean | undefined => {
      p.say({ type: 'event', name: 'painted', body: { sequence: frames(p.posted).at(-1)! } });
      // What is asked for while a frame is on its way waits for the next one.
      p.say({ type: 'event', name: 'look', body: { viewport: FIRST_VIEWPORT } });
      for (const act of acts) act();
      p.say({ type: 'event', name: 'painted', body: { sequence: frames(p.posted).at(-1)! } });
      return p.posted.flatMap((m) => (m.type === 'event' && m.name === 'frame' ? [m.body.stepped] : [])).at(-1);
    };
    const seek = (operation: number) => () => p.say({ type: 'event', name: 'seek', body: { cursor: { operation, step: 0 } } });
    assert.equal(stepped(seek(1)), undefined);
    assert.equal(
      stepped(() => p.host.move('stepForward')),
      true,
    );
    assert.equal(
      stepped(() => p.host.move('stepBack')),
      true,
    );
    assert.equal(
      stepped(() => p.host.move('stepOver')),
      true,
    );
    assert.equal(stepped(), undefined, 'nothing moved');
    assert.equal(stepped(() => p.host.move('stepBackOver'), () => p.host.move('stepForward')), undefined); // prettier-ignore
    assert.equal(
      stepped(() => p.host.move('stepBack'), seek(0)),
      undefined,
    );
    assert.equal(
      stepped(() => p.host.move('runToEnd')),
      undefined,
    );
    assert.equal(
      stepped(() => p.host.move('stepOver')),
      undefined,
      'there is no step after the last',
    );
    assert.equal(
      stepped(() => p.host.move('restart')),
      undefined,
    );
  });

  it('says whether a move went anywhere', () => {
    const p = panel();
    assert.equal(p.host.move('restart'), true);
    assert.equal(p.host.move('stepBack'), false);
    assert.equal(p.host.move('runToEnd'), true);
    assert.equal(p.host.move('stepForward'), false);
  });

  it('answers requests by their number, a failing one with its reason', () => {
    const p = panel();
    p.say({ type: 'request', id: 7, name: 'find', params: { text: 'step 1' } });
    p.say({ type: 'request', id: 8, name: 'neighbour', params: { address: 'no address', way: 'nextBlock' } });
    p.say({ type: 'request', id: 9, name: 'copy', params: { text: '0x1000' } });
    assert.deepEqual(
      p.posted.map((m) => [m.type, 'id' in m ? m.id : undefined]),
      [
        ['reply', 7],
        ['failure', 8],
        ['reply', 9],
      ],
    );
    assert.deepEqual(p.copied, ['0x1000']);
  });

  it('pins what is shown for all panels, says so, and takes it away again', () => {
    const p = panel();
    p.say(ready);
    const said = () => p.posted.flatMap((m) => (m.type === 'event' && m.name === 'say' ? [m.body.text] : []));
    const pinned = () => p.posted.flatMap((m) => (m.type === 'event' && m.name === 'pinned' ? [m.body.pin] : []));
    const pin: ClientMessage = { type: 'event', name: 'pin', body: {} };
    p.say(pin);
    const { pins } = p.host.view.comparing;
    assert.equal(pins.all.length, 1);
    assert.match(said()[0]!, /^Pinned for all heap views: t, step /);
    p.say({ type: 'event', name: 'unpin', body: { id: pins.all[0]!.id } });
    assert.equal(pins.all.length, 0);
    p.say(pin);
    assert.deepEqual([said()[1], pinned()], ['Pin removed.', [p.host.view.cursor, null]]);
  });

  it('a command pins at once: a step that follows it does not change what is pinned', () => {
    const p = panel();
    p.say(ready);
    const { cursor } = p.host.view;
    p.host.act('pin');
    p.host.move('stepBackOver');
    assert.notDeepEqual(p.host.view.cursor, cursor);
    assert.deepEqual(p.host.view.comparing.names().map((n) => n.cursor), [cursor]); // prettier-ignore
    assert.ok(
      p.posted.some((m) => m.type === 'event' && m.name === 'pinned'),
      'the view hears of it',
    );
  });

  it('before there is a heap nothing is pinned', () => {
    const p = panel();
    p.say(ready);
    p.host.move('restart');
    p.host.act('pin');
    const told = p.posted.flatMap((m) => (m.type === 'event' && (m.name === 'pinned' || m.name === 'say') ? [m.body] : []));
    assert.deepEqual(told, [{ text: 'There is no heap to pin.' }]);
  });

  it('a view that is not ready compares as soon as it is', () => {
    const p = panel();
    const asked = () => p.posted.flatMap((m) => (m.type === 'event' && m.name === 'compare' ? [m.body] : []));
    p.host.compare({ id: '1', name: 'ram.bin' });
    assert.deepEqual(asked(), []);
    p.say(ready);
    assert.deepEqual(asked(), [{ id: '1', name: 'ram.bin' }]);
  });

  it('runs commands of this extension only', () => {
    const p = panel();
    for (const id of ['ukboot.simulate', 'workbench.action.quit', 'ukboot.x; y'])
      p.say({ type: 'event', name: 'command', body: { id } });
    assert.deepEqual(p.ran, ['ukboot.simulate']);
  });

  it('hands on what was dropped on the panel', () => {
    const p = panel();
    p.say({ type: 'event', name: 'drop', body: { uris: ['file:///a.bin'], files: [] } });
    assert.deepEqual(p.dropped, [{ uris: ['file:///a.bin'], files: [] }]);
  });

  it('takes what is no message without harm', () => {
    const p = panel();
    for (const message of [
      null,
      1,
      'x',
      {},
      { type: 'event' },
      { type: 'event', name: 'ready' },
      { type: 'request', name: 'find' },
    ])
      p.host.handle(message);
    assert.deepEqual(p.posted, []);
  });

  it('a picture is the answer to its own question; a refusal, no bytes and a hidden view are told', async () => {
    const { host, posted } = panel();
    const answer = (body: ClientEvents['captured']) => host.handle({ type: 'event', name: 'captured', body });
    const asked = () => {
      const last = posted.at(-1)!;
      assert.ok(last.type === 'event' && last.name === 'capture');
      return last.body.id;
    };
    const first = host.capture('map', 'png');
    const one = asked();
    const second = host.capture('strip', 'svg');
    answer({ id: asked(), problem: 'it is folded' });
    answer({ id: one, bytes: new Uint8Array([7]), colours: {} });
    assert.deepEqual([...(await first).bytes], [7]);
    await assert.rejects(second, /it is folded/);
    const third = host.capture('map', 'png');
    answer({ id: asked(), bytes: 'no bytes' as never, colours: {} });
    await assert.rejects(third, /no picture/);
    const fourth = host.capture('map', 'png');
    host.close();
    await assert.rejects(fourth, /hidden/);
    answer({ id: 99, problem: 'nobody asked' });
  });
});
