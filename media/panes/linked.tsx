// A sentence whose addresses lead to what is there.

import type { Store } from '../store';

/** A sentence in which every address selects its block. */
export function Linked({ store, text }: { readonly store: Store; readonly text: string }) {
  return (
    <>
      {text.split(/(0x[0-9a-f]+)/).map((part, i) =>
        i % 2 === 0 ? (
          part
        ) : (
          <button key={i} class="link code" data-rove={`link${part}`} onClick={() => store.select(part)}>
            {part}
          </button>
        ),
      )}
    </>
  );
}
