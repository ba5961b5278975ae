// Free lists by order or class, with their links.

import type { RefObject } from 'preact';
import { useRef } from 'preact/hooks';
import type { ListMember, ListRow, ListsView } from '../../src/view/lists';
import { useRoving } from '../hooks';
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
  if (lists.rows.length === 0) return <p class="nothing">{lists.title}</p>;
  return (
    <div class="lists" ref={tree} role="tree" aria-label={`Free lists, ${lists.summary}`}>
      {lists.rows.map((row) => (
        <Row key={row.symbol} store={store} row={row} />
      ))}
    </div>
  );
}

function Row({ store, row }: { readonly store: Store; readonly row: ListRow }) {
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
          {row.members.map((m, i) => (
            <Member key={m.address} store={store} member={m} first={i === 0} />
          ))}
          {row.more > 0 && <span class="list-more">+{row.more} more</span>}
          {row.broken === '' ? row.more === 0 && <span class="end" aria-hidden="true">─┤</span> : <span class="broken">⚠ {row.broken}</span>}
        </span>
      )}
      <meter class="list-share" aria-hidden="true" min={0} max={1} value={row.share} />
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
