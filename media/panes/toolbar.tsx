// Restart, back, step, over, run; where in time; the box for addresses, blocks and filters; what was read and how.

import { useRef } from 'preact/hooks';
import type { Frame } from '../../src/view/frame/frame';
import type { Move } from '../../src/view/heap-view';
import { useRoving, useSize } from '../hooks';
import { isPinned, toggleComparison } from '../marks';
import { Tool } from '../tool';
import { Chips } from './chips';
import { SPEEDS, speedOf, togglePlaying } from '../play';
import type { Store } from '../store';

const STEPS: readonly {
  readonly how: Move;
  readonly icon: string;
  readonly label: string;
  readonly keys: string;
  readonly end: 'atStart' | 'atEnd';
  /** Is there room for it in a narrow panel? */
  readonly narrow: boolean;
}[] = [
  { how: 'restart', icon: 'debug-restart', label: 'Restart', keys: 'Home', end: 'atStart', narrow: true },
  {
    how: 'stepBackOver',
    icon: 'debug-reverse-continue',
    label: 'Back over an operation',
    keys: 'Shift+,',
    end: 'atStart',
    narrow: false,
  },
  { how: 'stepBack', icon: 'debug-step-back', label: 'Step back', keys: ',', end: 'atStart', narrow: true },
  { how: 'stepForward', icon: 'debug-step-into', label: 'Step forward', keys: '.', end: 'atEnd', narrow: true },
  { how: 'stepOver', icon: 'debug-step-over', label: 'Step over an operation', keys: 'Shift+.', end: 'atEnd', narrow: true },
  { how: 'runToEnd', icon: 'debug-continue', label: 'Run to the end', keys: 'End', end: 'atEnd', narrow: false },
];

export function Toolbar({ store, frame, narrow }: { readonly store: Store; readonly frame: Frame; readonly narrow: boolean }) {
  const bar = useRef<HTMLDivElement>(null);
  useRoving(bar);
  const { moment } = frame;
  return (
    <header class="toolbar" data-pane="toolbar">
      {moment !== undefined && (
        <div class="buttons" role="toolbar" aria-label="Steps" ref={bar}>
          {STEPS.filter((s) => !narrow || s.narrow).map((s) => (
            <Tool
              key={s.how}
              icon={s.icon}
              label={s.label}
              title={`${s.label} (${s.keys})`}
              rove={s.how}
              disabled={moment[s.end]}
              onClick={() => store.move(s.how)}
            />
          ))}
          <Playing store={store} narrow={narrow} />
        </div>
      )}
      {(moment !== undefined || frame.map !== undefined) && <Comparing store={store} frame={frame} />}
      {moment !== undefined && (
        <h1 class="moment">
          <strong>
            {narrow ? '' : 'Step '}
            {moment.step}
          </strong>{' '}
          <span class="moment-of">
            of {moment.of}
            {!narrow && <span class="moment-stage"> · {moment.stage}</span>}
          </span>
        </h1>
      )}
      {moment === undefined && <h1 class="moment">{frame.title}</h1>}
      <Search store={store} frame={frame} />
      <Chips store={store} chips={frame.chips} narrow={narrow} />
    </header>
  );
}

/** Play and stop at a speed. */
function Playing({ store, narrow }: { readonly store: Store; readonly narrow: boolean }) {
  const speedText = (speed: number) => (speed === 0 ? 'fastest' : `${String(speed)}/s`);
  return (
    <>
      <Tool
        icon={store.playing ? 'debug-stop' : 'play'}
        label={store.playing ? 'Stop' : 'Play'}
        title={`${store.playing ? 'Stop' : 'Play'} (Space)`}
        rove="play"
        onClick={() => togglePlaying(store)}
      />
      {!narrow && (
        <select
          class="select"
          data-rove="speed"
          aria-label="Operations a second while playing"
          value={String(speedOf(store))}
          onChange={(e) => store.arrange({ speed: Number(e.currentTarget.value) })}
        >
          {SPEEDS.map((speed) => (
            <option key={speed} value={String(speed)}>
              {speedText(speed)}
            </option>
          ))}
        </select>
      )}
    </>
  );
}

/** Pin what is shown, compare it with what is pinned, here or in another panel. */
function Comparing({ store, frame }: { readonly store: Store; readonly frame: Frame }) {
  const pinned = isPinned(store);
  const some = store.viewport.pin !== undefined || frame.pins.length > 0;
  return (
    <div class="buttons">
      <Tool
        icon={some ? 'pinned' : 'pin'}
        label={frame.moment === undefined ? 'Pin this state' : 'Pin this step'}
        title="Pin, to compare others with it, here or in another heap view (k)"
        rove="pin"
        pressed={pinned}
        class="spare"
        onClick={() => store.togglePin()}
      />
      <Tool
        icon="git-compare"
        label="Compare with what is pinned"
        title="Compare with what is pinned (v)"
        rove="compare"
        pressed={store.viewport.comparing === true}
        disabled={!some}
        class="spare"
        onClick={() => toggleComparison(store)}
      />
    </div>
  );
}

async function goTo(store: Store, text: string): Promise<void> {
  if (!(await store.findNamed(text))) await store.neighbour('nextMatch');
}

/** What stands in the empty box, by the room that there is. */
const PLACEHOLDERS: readonly (readonly [room: number, text: string])[] = [
  [400, 'Address, step or filter, e.g. free order:>=5'],
  [260, 'Address, step or filter'],
  [150, 'Address or step'],
  [110, 'Search'],
];

/** Enter goes to an address, a step or a named place; anything else filters while it is typed. */
function Search({ store, frame }: { readonly store: Store; readonly frame: Frame }) {
  const { filter } = store.viewport;
  const form = useRef<HTMLFormElement>(null);
  const { width } = useSize(form);
  const answer = frame.filterText !== '' ? frame.filterText : store.searchMessage;
  const isPlace = (text: string) => /^\s*(?:(?:step|#)\s*\d|0x[0-9a-f]|[0-9a-f]{4,16}\s*$)/i.test(text);
  return (
    <form
      class="search"
      role="search"
      data-pane="search"
      ref={form}
      onSubmit={(e) => {
        e.preventDefault();
        const text = new FormData(e.currentTarget).get('search');
        if (typeof text === 'string' && isPlace(text)) void store.find(text);
        else if (typeof text === 'string') void goTo(store, text);
      }}
    >
      <label for="search" class="codicon codicon-search" aria-hidden="true" />
      <input
        name="search"
        id="search"
        type="text"
        autocomplete="off"
        spellcheck={false}
        aria-label="Address, block or filter"
        aria-describedby="search-answer"
        placeholder={answer !== '' ? ' ' : (PLACEHOLDERS.find(([room]) => width >= room)?.[1] ?? ' ')}
        title="Address, step or filter, e.g. free order:>=5"
        defaultValue={filter}
        onInput={(e) => {
          store.searchMessage = '';
          store.look({ filter: isPlace(e.currentTarget.value) ? '' : e.currentTarget.value });
        }}
        onKeyDown={(e) => {
          if (e.key !== 'Escape' || e.currentTarget.value === '') return;
          e.stopPropagation();
          e.currentTarget.value = '';
          store.searchMessage = '';
          store.look({ filter: '' });
        }}
      />
      <output id="search-answer" class="search-answer" title={answer}>
        {answer}
      </output>
      <kbd aria-hidden="true">Ctrl+G</kbd>
    </form>
  );
}
