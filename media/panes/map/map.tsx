// The map pane: a canvas that shows the window, a scroll bar, and the same blocks as a grid for screen readers.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Frame } from '../../../src/view/frame/frame';
import { Letters } from '../../../src/view/map/letters';
import type { MapView } from '../../../src/view/map/map';
import { HILBERT_SIDE } from '../../../src/view/map/hilbert';
import { hex } from '../../../src/view/numbers';
import { cellWidth, gutterWidth } from '../../canvas/geometry';
import type { MapGeometry } from '../../canvas/geometry';
import { MapPainter } from '../../canvas/map';
import { pagesIn, paintBytes } from '../../canvas/bytes';
import { prepare } from '../../canvas/surface';
import { scrollScale, useSettled, useSize } from '../../hooks';
import { selectBeside } from '../../marks';
import { Pane } from '../../pane';
import type { Store } from '../../store';
import { currentPalette, onThemeChange } from '../../theme';
import { useRangeDrag } from './drag';
import { hitIn, Hover, pointOf } from './hover';
import type { Point } from './hover';
import { roomFor, useOwnHeight } from './height';
import { useMotion } from './moving';
import { gridOf, HiddenGrid } from './table';
import { Ticks } from './ticks';
import { ColourLegend, MapTools, zoom } from './tools';

interface Props {
  readonly store: Store;
  readonly frame: Frame;
  readonly map: MapView;
  readonly cells: number;
  readonly rowHeight: number;
}

/** One column: 32 cells a row. */
function isNarrow(cells: number): boolean {
  return cells === 32;
}

/** A new window is asked for when the drawn one ends this close to what is visible. */
const MARGIN = 120;

export function MapPane({ store, frame, map, cells, rowHeight }: Props) {
  const { shape, colouring } = store.viewport.map;
  const narrow = isNarrow(cells);
  const tools = useMemo(
    () => <MapTools store={store} fitted={map.fitted} narrow={narrow} />,
    [map.fitted, shape, colouring, store.viewport.since, frame.changes, narrow],
  );
  return (
    <Pane store={store} name="map" title="Map" subtitle={map.title} summary={map.title} tools={tools}>
      <ColourLegend store={store} map={map} />
      <MapBody store={store} frame={frame} map={map} cells={cells} rowHeight={rowHeight} />
    </Pane>
  );
}

/** Pixels beside a band, and above and below it: the headings of two regions and the sums. */
const BESIDE = 106;
const ROUND = 78;

/** Height of a curve's cells at which a band fits the pane, near to square where the pane allows it. */
function curveCell(width: number, height: number, cells: number): number {
  return Math.max(5, Math.min(24, Math.floor(Math.min((width - BESIDE) / cells, (height - ROUND) / HILBERT_SIDE))));
}

function MapBody({ store, frame, map, cells, rowHeight }: Props) {
  const narrow = isNarrow(cells);
  const view = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSize(view);
  const [pointer, setPointer] = useState<Point | undefined>(undefined);
  const scroll = scrollScale(map.height, size.height);
  const letters = useMemo(() => new Letters(frame.marked?.bookmarks ?? []), [frame.marked]);
  const state = useRef({ map, size, narrow, scroll, letters });
  state.current = { map, size, narrow, scroll, letters };
  const ours = useRef(-1);
  const { colouring, unfolded } = store.viewport.map;
  const ownHeight = useOwnHeight(map, cells, unfolded.length);

  const geometry = (): MapGeometry => ({
    gutter: gutterWidth(state.current.map),
    margin: 22,
    width: state.current.size.width,
    height: state.current.size.height,
    top: store.viewport.map.top,
    links: !state.current.narrow,
  });
  const { paint, arrive } = useMotion(canvas, (moving) => {
    const { width, height } = state.current.size;
    if (canvas.current === null || width === 0) {
      moving.end();
      return;
    }
    scrollToTop();
    if (moving.giveWay(state.current.map)) return;
    const pose = moving.pose(state.current.map, store.viewport.map.top);
    const context = prepare(canvas.current, width, height);
    const { bytes } = state.current.map;
    if (bytes !== undefined) paintBytes(context, bytes, currentPalette(), geometry());
    else new MapPainter(context, pose.map, currentPalette(), geometry(), state.current.letters, pose.strength).paint();
  });
  const { selection } = store.viewport;
  const { top } = store.viewport.map;
  /** In the frame of the screen, when all of the page is as it will be: a scroll position costs a layout. */
  function scrollToTop(): void {
    const element = view.current!;
    const { scroll, size } = state.current;
    const place = Math.min(store.viewport.map.top / scroll.scale, Math.max(0, scroll.height - size.height));
    if (Math.abs(element.scrollTop - place) <= 1) return;
    ours.current = Math.round(place);
    element.scrollTop = place;
  }

  useEffect(() => {
    const { map: looked } = store.viewport;
    if (size.height === 0) return;
    const height = roomFor(view.current!) ?? size.height;
    const now = {
      height,
      cells,
      rowHeight,
      cellHeight: curveCell(size.width, height, cells),
      pages: pagesIn(size.width),
    };
    if ((Object.keys(now) as (keyof typeof now)[]).some((k) => looked[k] !== now[k])) store.lookAtMap(now);
  }, [size.width, size.height, window.innerHeight, cells, rowHeight, colouring]);
  useEffect(() => onThemeChange(paint), []);
  useLayoutEffect(() => arrive(map, store.stepped, store.viewport.map.top), [frame]);
  useLayoutEffect(paint, [map, top, size, letters]);

  const onScroll = () => {
    const at = view.current!.scrollTop;
    if (Math.abs(at - ours.current) <= 1) return;
    ours.current = -1;
    const top = at * scroll.scale;
    const drawn = state.current.map;
    const inside = top - MARGIN >= drawn.from && top + size.height + MARGIN <= drawn.to;
    const near =
      (top < drawn.from + MARGIN && drawn.from > 0) || (top + size.height > drawn.to - MARGIN && drawn.to < drawn.height);
    store.scrolledTo(top, inside && !near);
    setPointer(undefined);
    paint();
  };
  const hitAt = (e: MouseEvent) => hitIn(map, geometry(), pointOf(e, view.current!));
  const drag = useRangeDrag(store);
  const onClick = (e: MouseEvent) => {
    if (drag.ended()) return;
    const hit = hitAt(e);
    if (e.ctrlKey || e.metaKey) {
      if (hit?.address !== undefined) selectBeside(store, hex(hit.address));
      return;
    }
    if (hit?.toggles !== undefined) toggleFold(store, hit.toggles);
    else if (hit?.address !== undefined) store.select(hex(hit.region ?? hit.address), false);
  };
  const onWheel = (e: WheelEvent) => {
    if (!e.ctrlKey) return;
    e.preventDefault();
    const point = pointOf(e, view.current!);
    const address = hitIn(map, geometry(), point)?.address;
    zoom(store, map, e.deltaY > 0 ? 1 : -1, address === undefined ? undefined : { address: hex(address), y: point.y });
  };
  useEffect(() => {
    // Preact registers wheel listeners as passive in some browsers; zooming has to stop the page from zooming too.
    const element = view.current!;
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  });
  const grid = useSettled(() => gridOf(frame, map, selection, letters), [frame.table, map, selection, letters]);
  const hidden = useMemo(() => <HiddenGrid grid={grid} />, [grid]);
  return (
    <>
      <Ticks map={map} gutter={geometry().gutter} cell={size.width === 0 ? 0 : cellWidth(map, geometry())} />
      <div class="map-frame" style={narrow ? { height: `${String(ownHeight)}px` } : undefined}>
        <div
          class="map-view"
          ref={view}
          tabIndex={0}
          data-stop
          role="grid"
          aria-label={grid.label}
          aria-rowcount={grid.total}
          aria-activedescendant={grid.rows.some((r) => r.selected) ? 'map-selected' : undefined}
          onScroll={onScroll}
          onPointerDown={(e) => drag.down(e, hitAt(e)?.address)}
          onPointerMove={(e) => drag.move(e, () => hitAt(e)?.address, state.current.map)}
          onClick={onClick}
          onContextMenu={(e) => {
            const hit = hitAt(e);
            const address = hit?.region ?? hit?.address;
            // Without a pointer, as by the menu key, the selection is meant.
            const at = address === undefined ? store.viewport.selection : hex(address);
            if (at === undefined) delete e.currentTarget.dataset.at;
            else e.currentTarget.dataset.at = at;
          }}
          onDblClick={() => void store.neighbour('nextFree')}
          onMouseMove={(e) => setPointer(pointOf(e, view.current!))}
          onMouseLeave={() => setPointer(undefined)}
          onKeyDown={(e) => mapKey(e, store, map)}
        >
          <div class="map-spacer" role="presentation" style={{ height: `${String(scroll.height)}px` }} />
          {hidden}
        </div>
        <canvas class="map-canvas" ref={canvas} aria-hidden="true" />
        {pointer !== undefined && (
          <Hover map={map} hit={hitIn(map, geometry(), pointer)} pointer={pointer} size={size} letters={letters} />
        )}
      </div>
    </>
  );
}

export function toggleFold(store: Store, base: string): void {
  const { unfolded } = store.viewport.map;
  store.lookAtMap({ unfolded: unfolded.includes(base) ? unfolded.filter((u) => u !== base) : [...unfolded, base] });
}

function mapKey(e: KeyboardEvent, store: Store, map: MapView): void {
  // With Alt, arrows go through selections.
  if (e.altKey) return;
  const ways = e.ctrlKey
    ? ({ ArrowLeft: 'previousBlock', ArrowRight: 'nextBlock' } as const)
    : ({ ArrowLeft: 'cellLeft', ArrowRight: 'cellRight', ArrowUp: 'rowUp', ArrowDown: 'rowDown' } as const);
  const way = (ways as Readonly<Record<string, (typeof ways)[keyof typeof ways] | undefined>>)[e.key];
  if (way !== undefined) {
    e.preventDefault();
    void store.neighbour(way);
  } else if (e.key === 'Enter' && store.viewport.selection !== undefined) {
    const selection = BigInt(store.viewport.selection);
    const fold = map.items.find(
      (i) => i.kind === 'fold' && i.boxes.some((b) => selection >= BigInt(b.base) && selection < BigInt(b.end)),
    );
    const opened = store.viewport.map.unfolded;
    if (fold?.kind === 'fold') toggleFold(store, fold.base);
    else if (opened.length > 0) store.lookAtMap({ unfolded: opened.slice(0, -1) });
  }
}
