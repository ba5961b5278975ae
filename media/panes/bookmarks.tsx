// The list of bookmarks: each with its letter, its name, and what is there now. A name is typed in its place.

import { useLayoutEffect, useRef } from 'preact/hooks';
import { MOST_LABEL } from '../../src/view/search/bookmarks';
import type { Bookmark } from '../../src/view/search/marked';
import { nameBookmark, removeBookmark } from '../marks';
import type { Store } from '../store';
import { Tool } from '../tool';

export function Bookmarks({ store, bookmarks }: { readonly store: Store; readonly bookmarks: readonly Bookmark[] }) {
  return (
    <ul class="bookmarks" aria-label={`Bookmarks, ${String(bookmarks.length)}`}>
      {bookmarks.map((b) => (
        <li key={b.address} data-bookmark={b.address}>
          <span class="bookmark-letter" aria-hidden="true">
            {b.letter}
          </span>{' '}
          <button class="link code" data-rove={`mark${b.address}`} onClick={() => store.select(b.address)}>
            {b.address}
          </button>{' '}
          {store.naming === b.address ? (
            <NameBox store={store} bookmark={b} />
          ) : (
            b.label !== '' && (
              <strong class="bookmark-label" title={b.label}>
                {b.label}
              </strong>
            )
          )}{' '}
          <span class="bookmark-text" title={b.text}>
            {b.text}
          </span>
          <Tool
            icon="edit"
            label={`Name bookmark ${b.letter}`}
            title="Name (F2)"
            rove={`name${b.address}`}
            onClick={() => store.setNaming(b.address)}
          />
          <Tool
            icon="close"
            label={`Remove bookmark ${b.letter}`}
            title="Remove"
            rove={`unmark${b.address}`}
            onClick={() => removeBookmark(store, b.address)}
          />
        </li>
      ))}
    </ul>
  );
}

/** Enter takes the name, Escape leaves it as it was; going elsewhere takes it, too. */
function NameBox({ store, bookmark }: { readonly store: Store; readonly bookmark: Bookmark }) {
  const box = useRef<HTMLInputElement>(null);
  const done = useRef(false);
  useLayoutEffect(() => {
    box.current?.focus();
    box.current?.select();
  }, []);
  const finish = (typed: string, back: boolean): void => {
    if (done.current) return;
    done.current = true;
    // While the box is still there: without it the focus is nowhere.
    if (back) box.current?.closest('li')?.querySelector<HTMLElement>('.code')?.focus();
    nameBookmark(store, bookmark, typed);
  };
  return (
    <input
      ref={box}
      class="bookmark-name"
      type="text"
      autocomplete="off"
      spellcheck={false}
      maxLength={MOST_LABEL}
      aria-label={`Name of bookmark ${bookmark.letter} at ${bookmark.address}`}
      placeholder="Name"
      defaultValue={bookmark.label}
      onBlur={(e) => finish(e.currentTarget.value, false)}
      onKeyDown={(e) => {
        if (e.isComposing || (e.key !== 'Enter' && e.key !== 'Escape')) return;
        e.preventDefault();
        e.stopPropagation();
        finish(e.key === 'Enter' ? e.currentTarget.value : bookmark.label, true);
      }}
    />
  );
}
