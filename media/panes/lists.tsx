// Free lists by order or class, with their links.

import { useRef } from 'preact/hooks';
import type { ListMember, ListRow, ListsView } from '../../src/view/lists';
import { textWidth } from '../canvas/surface';
import { useRoving, useSize } from '../hooks';
import { Pane } from '../pane';
import type { Store } from '../store';
import { currentPalette } from '../theme';

export function Lists({
  store,
  lists,
  folded = false,
}: {
  readonly store: Store;
  readonly lists: ListsView;
  readonly folded?: boolean;
}) {
  return (
    <Pane
      store={store}
      name="lists"
      title="Free lists"
      subtitle={lists.title}
      summary={lists.summary}
      folded={folded}
      tools={<span class="column-title">share of free bytes</span>}
    >
      <ListTree store={store} lists={lists} />
    </Pane>
  );
}

export function ListTree({ store, lists }: { readonly store: Store; readonly lists: ListsView }) {
  return lists.rows.length === 0 ? <p class="nothing">{lists.title}</p> : <Tree store={store} lists={lists} />;
}

/** Comes with its first row, so that its width is measured from then on. */
function Tree({ store, lists }: { readonly store: Store; readonly lists: ListsView }) {
  const tree = useRef<HTMLDivElement>(null);
  useRoving(tree);
  const { width } = useSize(tree);
  const names = Math.max(NAME, ...lists.rows.map((r) => textWidth(r.name, `600 12px ${currentPalette().uiFont}`)));
  const room = width - (width < 560 ? 212 : 382) - (names - NAME);
  return (
    <div class="lists" ref={tree} role="tree" aria-label={`Free lists, ${lists.summary}`}>
      {lists.rows.map((row) => (
        <Row key={row.symbol} store={store} row={row} room={room} name={names} />
      ))}
    </div>
  );
}

/** Width of a name of a few characters, which most are. */
const NAME = 30;

/** @param name width of the longest one */
function Row({
  store,
  row,
  room,
  name,
}: {
  readonly store: Store;
  readonly row: ListRow;
  readonly room: number;
  readonly name: number;
}) {
  const members = fitting(row.members, room - brokenWidth(row));
  const more = row.more + row.members.length - members.length;
  return (
    <div class={`list-row${row.selected ? ' selected' : ''}`} role="none" title={row.broken === '' ? row.symbol : `${row.symbol}: ${row.broken}`}>
      <span class="list-name" role="treeitem" aria-level={1} aria-expanded={row.count > 0 ? true : undefined} data-rove={row.symbol} style={{ minWidth: `${String(name)}px` }}>
        {row.name}
        <span class="unseen">, {row.spoken}</span>
      </span>
      <span class="list-size" aria-hidden="true">{row.memberSize}</span>
      <span class="list-count" aria-hidden="true">{row.count === 0 ? '–' : `×${String(row.count)}`}</span>
      {row.count === 0 ? (
        <span class={`list-empty${row.broken === '' ? '' : ' broken'}`} aria-hidden="true">
          <span class="hollow">○┄┄┄┄</span> {row.broken === '' ? 'empty' : row.broken}
        </span>
      ) : (
        <span class="list-members" role="none">
          <span class="head" aria-hidden="true">●▸</span>
          {members.map((m, i) => (
            <Member key={m.address} store={store} member={m} first={i === 0} />
          ))}
          {more > 0 && <span class="list-more">+{more}{room < SMALL ? '' : ' more'}</span>}
          {row.broken === '' ? more === 0 && <span class="end" aria-hidden="true">─┤</span> : <span class="broken">⚠ {row.broken}</span>}
        </span>
      )}
      <span class="list-share" aria-hidden="true">
        <span style={{ width: `${String(row.share * 100)}%` }} />
      </span>
      <span class="list-bytes" aria-hidden="true">{row.bytes}</span>
      <span class="list-percent" aria-hidden="true">{row.shareText}</span>
    </div>
  ); // prettier-ignore
}

/** What a member takes besides its digits: padding, border, gaps; and the mark at the end of a list. */
const FRAME = 16;
const END = 16;
/** `+12 more`, where not all are drawn. */
const MORE = 84;
/** Below this room the word is left out. */
const SMALL = 160;

/** What says where a list breaks off stands whole behind its members. */
function brokenWidth({ broken }: ListRow): number {
  return broken === '' ? 0 : textWidth(`⚠ ${broken}`, `12px ${currentPalette().uiFont}`) + 8;
}

/** The first members that are drawn whole in so many pixels: one at least. */
function fitting(members: readonly ListMember[], room: number): readonly ListMember[] {
  const { codeFont, uiFont } = currentPalette();
  const digit = textWidth('0', `11px ${codeFont}`);
  const arrow = textWidth('→', `12px ${uiFont}`);
  let used = 0;
  let withMore = 1;
  for (const [i, m] of members.entries()) {
    used += m.address.length * digit + FRAME + (i === 0 ? 0 : arrow);
    if (used + (room < SMALL ? MORE / 2 : MORE) <= room) withMore = i + 1;
  }
  return used + END <= room ? members : members.slice(0, withMore);
}

function Member({ store, member, first }: { readonly store: Store; readonly member: ListMember; readonly first: boolean }) {
  const marks = `${member.selected ? ' selected' : ''}${member.changed ? ' changed' : ''}${member.finding ? ' finding' : ''}`;
  return (
    <>
      {!first && <span class="arrow" aria-hidden="true">→</span>}
      <span
        class={`member${marks}`}
        role="treeitem"
        aria-level={2}
        aria-label={member.spoken}
        aria-selected={member.selected}
        data-rove={member.address}
        onClick={() => store.select(member.address)}
        onKeyDown={(e) => {
          if (e.key === 'Enter') store.select(member.address);
        }}
      >
        {member.address}
      </span>
    </>
  ); // prettier-ignore
}
