// Free lists by order or class, with their links.

import type { RefObject } from 'preact';
import { useRef } from 'preact/hooks';
import type { ListMember, ListRow, ListsView } from '../../src/view/lists';
import { useRoving, useSize } from '../hooks';
import { Pane } from '../pane';
import type { Store } from '../store';

export function Lists({
  store,
  lists,
  folded = false,
}: {
  readonly store: Store;
  readonly lists: ListsView;
  readonly folded?: boolean;
}) {
  const tree = useRef<HTMLDivElement>(null);
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
      <Tree store={store} lists={lists} tree={tree} />
    </Pane>
  );
}

function Tree({
  store,
  lists,
  tree,
}: {
  readonly store: Store;
  readonly lists: ListsView;
  readonly tree: RefObject<HTMLDivElement | null>;
}) {
  useRoving(tree);
  const { width } = useSize(tree);
  // Members are drawn whole or not at all: what is left of the row, by the width of an address and its arrow.
  const digits = Math.max(6, ...lists.rows.map((r) => r.members[0]?.address.length ?? 0));
  const fits = width === 0 ? 1 : Math.max(1, Math.floor((width - (width < 440 ? 290 : 410)) / (digits * 6.7 + 32)));
  if (lists.rows.length === 0) return <p class="nothing">{lists.title}</p>;
  return (
    <div class="lists" ref={tree} role="tree" aria-label={`Free lists, ${lists.summary}`}>
      {lists.rows.map((row) => (
        <Row key={row.symbol} store={store} row={row} fits={fits} />
      ))}
    </div>
  );
}

function Row({ store, row, fits }: { readonly store: Store; readonly row: ListRow; readonly fits: number }) {
  const members = row.members.slice(0, fits);
  const more = row.more + row.members.length - members.length;
  return (
    <div class={`list-row${row.selected ? ' selected' : ''}`} role="treeitem" aria-label={row.spoken} aria-expanded={row.count > 0 ? true : undefined} data-rove={row.symbol} title={row.symbol}>
      <span class="list-name" aria-hidden="true">{row.name}</span>
      <span class="list-size" aria-hidden="true">{row.memberSize}</span>
      <span class="list-count" aria-hidden="true">{row.count === 0 ? '–' : `×${String(row.count)}`}</span>
      {row.count === 0 ? (
        <span class={`list-empty${row.broken === '' ? '' : ' broken'}`} aria-hidden="true">
          <span class="hollow">○┄┄┄┄</span> {row.broken === '' ? 'empty' : row.broken}
        </span>
      ) : (
        <span class="list-members" role="group">
          <span class="head" aria-hidden="true">●▸</span>
          {members.map((m, i) => (
            <Member key={m.address} store={store} member={m} first={i === 0} />
          ))}
          {more > 0 && <span class="list-more">+{more} more</span>}
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
