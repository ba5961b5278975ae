// One aggregated cell, enlarged: its layers to scale, each named at its side.

import type { CellPart, CellView } from '../../src/view/map/cell';

/** Side of the picture in pixels, and height of a layer's words. */
const SIDE = 96;
const LINE = 14;

/** @param bookmarks names of those in it */
export function CellCard({ cell, bookmarks = [] }: { readonly cell: CellView; readonly bookmarks?: readonly string[] }) {
  const words = labelPlaces(cell.parts);
  const height = Math.max(SIDE, ...words.map((w) => w.top + w.height));
  return (
    <div class="cell-card" role="img" aria-label={spoken(cell, bookmarks)}>
      <p class="code">Σ {cell.range}</p>
      <p>{cell.counts}</p>
      {bookmarks.length > 0 && <p class="cell-bookmarks">{bookmarkText(bookmarks)}</p>}
      <div class="cell-picture" style={{ height: `${String(height)}px` }}>
        <div class="cell-layers" style={{ height: `${String(SIDE)}px` }}>
          {cell.parts.map((p) => (
            <i key={p.kind} class={`layer layer-${p.kind}`} style={{ flexGrow: String(p.share) }} />
          ))}
        </div>
        {words.map(({ part, top, middle }) => (
          <span key={part.kind} class="layer-label" style={{ top: `${String(top)}px` }}>
            <i class="layer-line" style={{ top: `${String(Math.max(0, middle - top))}px` }} />
            <strong>
              {part.label} {part.text}
            </strong>
            {part.note !== '' && <span class="dim">{part.note}</span>}
          </span>
        ))}
      </div>
    </div>
  );
}

interface Place {
  readonly part: CellPart;
  readonly top: number;
  readonly height: number;
  readonly middle: number;
}

/** Words beside the middle of their layer, pushed down where the ones above need the room. */
function labelPlaces(parts: readonly CellPart[]): Place[] {
  let above = 0;
  let free = 0;
  return parts.map((part) => {
    const middle = (above + part.share / 2) * SIDE;
    const height = LINE * (part.note === '' ? 1 : 2);
    const top = Math.round(Math.max(free, middle - LINE / 2));
    above += part.share;
    free = top + height;
    return { part, top, height, middle };
  });
}

function bookmarkText(names: readonly string[]): string {
  return `${names.length === 1 ? 'bookmark' : `${String(names.length)} bookmarks`}: ${names.join(', ')}`;
}

function spoken({ range, counts, parts }: CellView, bookmarks: readonly string[]): string {
  const marked = bookmarks.length === 0 ? [] : [bookmarkText(bookmarks)];
  return [`Cell ${range}`, counts, ...marked, ...parts.map((p) => `${p.label} ${p.text}`)].join(', ');
}
