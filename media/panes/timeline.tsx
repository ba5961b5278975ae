// The timeline: a slider over the operations.

import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { Frame } from '../../src/view/frame/frame';
import type { TimelineView } from '../../src/view/time/timeline';
import { LAST_STEP } from '../../src/view/viewport';
import type { Cursor } from '../../src/view/viewport';
import { onceAFrame, prepare } from '../canvas/surface';
import { operationAt, paintTimeline } from '../canvas/timeline';
import type { TimelineGeometry } from '../canvas/timeline';
import { useSize } from '../hooks';
import type { Store } from '../store';
import { currentPalette, onThemeChange } from '../theme';

interface Props {
  readonly store: Store;
  readonly frame: Frame;
  readonly timeline: TimelineView;
  readonly small: boolean;
}

export function Timeline({ store, frame, timeline, small }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSize(box);
  const state = useRef({ timeline, size, small });
  state.current = { timeline, size, small };
  const dragging = useRef(false);
  const geometry = (): TimelineGeometry => ({
    ...state.current.size,
    small: state.current.small,
    left: state.current.small ? 10 : 86,
    right: 12,
  });
  const paint = useRef(
    onceAFrame(() => {
      const { width, height } = state.current.size;
      if (canvas.current === null || width === 0) return;
      paintTimeline(prepare(canvas.current, width, height), state.current.timeline, currentPalette(), geometry(), pinOf(store));
    }),
  ).current;
  useEffect(() => onThemeChange(paint), []);
  const { pin } = store.viewport;
  useLayoutEffect(paint, [timeline, size, small, pin]);
  useEffect(() => {
    const columns = Math.max(50, Math.round(size.width - 98));
    if (size.width > 0 && store.viewport.columns !== columns) store.look({ columns });
  }, [size.width]);

  const seekTo = (e: PointerEvent, continuing: boolean) => {
    const x = e.clientX - box.current!.getBoundingClientRect().left;
    store.seek(endOf(operationAt(timeline, geometry(), x)), continuing);
  };
  const onKeyDown = (e: KeyboardEvent) => {
    const done = operationsDone(frame);
    const big = Math.max(1, Math.round(timeline.operations / 20));
    const to = {
      ArrowLeft: done - 1,
      ArrowDown: done - 1,
      ArrowRight: done + 1,
      ArrowUp: done + 1,
      PageDown: done - big,
      PageUp: done + big,
      Home: 0,
      End: timeline.operations,
    }[e.key];
    if (to === undefined || e.altKey) return;
    e.preventDefault();
    e.stopPropagation();
    store.seek(endOf(Math.max(0, Math.min(timeline.operations, to))));
  };
  return (
    <section class={`timeline${small ? ' small' : ''}`} aria-label="Timeline" data-pane="timeline">
      <div
        class="timeline-slider"
        ref={box}
        role="slider"
        tabIndex={0}
        data-stop
        aria-label="Timeline"
        aria-valuemin={0}
        aria-valuemax={timeline.operations}
        aria-valuenow={operationsDone(frame)}
        aria-valuetext={timeline.spoken}
        {...(timeline.known !== '' && { 'aria-description': timeline.known })}
        onKeyDown={onKeyDown}
        onPointerDown={(e) => {
          e.currentTarget.setPointerCapture(e.pointerId);
          dragging.current = true;
          store.setPlaying(false);
          seekTo(e, false);
        }}
        onPointerMove={(e) => {
          if (dragging.current) seekTo(e, true);
        }}
        onPointerUp={() => (dragging.current = false)}
      >
        <canvas ref={canvas} aria-hidden="true" />
      </div>
    </section>
  );
}

/** The pinned place, in operations. */
function pinOf({ viewport: { pin } }: Store): number | undefined {
  return pin && operationsIn(pin);
}

/** The state after so many operations. */
function endOf(operations: number): Cursor {
  return operations === 0 ? { operation: 0, step: 0 } : { operation: operations - 1, step: LAST_STEP };
}

/** Operations in effect, the current one counted however far it is. */
function operationsDone(frame: Frame): number {
  const cursor = frame.moment?.cursor;
  return cursor === undefined ? 0 : operationsIn(cursor);
}

function operationsIn({ operation, step }: Cursor): number {
  return step === 0 ? operation : operation + 1;
}
