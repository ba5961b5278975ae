// Where the panel looks: the only state that the webview owns. It travels to the host with every change, and the host answers with a
// frame for it. Lengths are CSS pixels; addresses are `0x…`.

import type { Cursor } from '../timeline/types';

export type { Cursor } from '../timeline/types';

/** As a cursor's `step`: the end of its operation, however many steps it has. */
export const LAST_STEP = 2 ** 31;

/** Address bits per cell, finest first: 16 B … 1 KiB by 4, a page, then by 16. */
export const MAP_LEVELS = [4, 6, 8, 10, 12, 16, 20, 24, 28, 32, 36] as const;
/** A level by its address bits per cell; `bytes` shows pages byte by byte; `fit` is the finest level whose rows fit the pane. */
export type MapZoom = (typeof MAP_LEVELS)[number] | 'bytes' | 'fit';

/** How cells lie in the map: in rows by address, or along a Hilbert curve, which keeps near what is near in memory. */
export type MapShape = 'rows' | 'hilbert';
/** What a block's colour says: its state alone, or beside it its order or size, its age, or who asked for it. */
export const COLOURINGS = ['state', 'class', 'age', 'owner'] as const;
export type Colouring = (typeof COLOURINGS)[number];

/** The part of a long list that is on screen, rows counted from 0. */
export interface Window {
  readonly first: number;
  readonly count: number;
  /** Moves `first` so that what is current stays in the window; off while the user scrolls by hand. */
  readonly follow: boolean;
}

export interface MapViewport {
  readonly zoom: MapZoom;
  /** Cells of a row, a power of two; rows of aggregated cells have twice as many. */
  readonly cells: number;
  /** Height of one row, its gap included. */
  readonly rowHeight: number;
  /** Least height of a row of aggregated cells, its gap included, 10 unless said: how dense a picture may get. */
  readonly leastRow?: number;
  readonly shape: MapShape;
  /** Pages side by side at the finest level: as many as the pane has room for. */
  readonly pages?: number;
  /** Height of one cell of a curve. */
  readonly cellHeight: number;
  readonly colouring: Colouring;
  /** Shade of the one entry of the legend that stands out, all others dimmed; −1 for none. */
  readonly only: number;
  /** Top of what is visible, from the top of the whole map. */
  readonly top: number;
  readonly height: number;
  /** Folds that the user opened, by the address that they begin at. */
  readonly unfolded: readonly string[];
  /** Instead of `top`: the address to bring into view; the host answers with the `top` that does it. */
  readonly reveal?: string;
  /** Where in the window `reveal` is to stand, from its top; without it the map moves only when it has to. */
  readonly revealAt?: number;
}

export interface Viewport {
  readonly map: MapViewport;
  readonly steps: Window;
  readonly log: Window;
  /** Members shown of each free list. */
  readonly listMembers: number;
  /** Columns of the timeline: its width in pixels. */
  readonly columns: number;
  /** Address whose block is selected. */
  readonly selection?: string;
  /** Filter as typed: `free order:>=5`. Blocks that do not match are dimmed. */
  readonly filter: string;
  /** What is tried in the allocator's pane: a size, or an address; as typed. */
  readonly probe: string;
  /** A second block, by an address in it, held against the selected one. */
  readonly beside?: string;
  /** A stretch of addresses `[from, to)`. */
  readonly range?: { readonly from: string; readonly to: string };
  /** Addresses that the user keeps, in the order in which they were set. */
  readonly bookmarks?: readonly string[];
  /** What the user calls them, by address. */
  readonly bookmarkLabels?: Readonly<Record<string, string>>;
  /** The place in time that the current one is held against, and whether it is now. */
  readonly pin?: Cursor;
  readonly comparing?: boolean;
  /** Instead of `pin`: a pinned state of any panel. Its name says what it was when it is gone. */
  readonly against?: { readonly id: string; readonly name: string };
  /** Unchanged stretches of the comparison that are open, by the address that they begin at. */
  readonly unfoldedSame?: readonly string[];
  /** What is marked as changed: what the last step wrote, or all since the cursor last stood still. */
  readonly since?: 'step' | 'stop';
  /** The explanation that is open: a card's id, or `ledger`. */
  readonly explain?: string;
}

/** What of it goes along when a view is written to a file. */
export type Carried = Pick<Viewport, 'bookmarks' | 'bookmarkLabels'> & { readonly colouring: Colouring };

/** What a panel asks for before it knows its own size. */
export const FIRST_VIEWPORT: Viewport = {
  map: {
    zoom: 'fit',
    cells: 64,
    rowHeight: 28,
    shape: 'rows',
    cellHeight: 10,
    colouring: 'state',
    only: -1,
    top: 0,
    height: 300,
    unfolded: [],
  },
  steps: { first: 0, count: 40, follow: true },
  log: { first: 0, count: 10, follow: true },
  listMembers: 12,
  columns: 1000,
  filter: '',
  probe: '',
};

/** With another pinned step, or none: then nothing is compared with it either. */
export function withPin(viewport: Viewport, pin: Cursor | null): Viewport {
  if (pin !== null) return { ...viewport, pin };
  const gone = viewport.against === undefined ? ['pin', 'comparing'] : ['pin'];
  return Object.fromEntries(Object.entries(viewport).filter(([key]) => !gone.includes(key))) as unknown as Viewport;
}
