// Over a view whose program has gone on: that it runs, or how far reading it has come.

import type { Banner as BannerView } from '../../src/view/banner';
import type { Store } from '../store';

export function Banner({ store, banner }: { readonly store: Store; readonly banner: BannerView }) {
  const { kind, text, share } = banner;
  return (
    <section class={`banner banner-${kind}`} aria-label="State of the target">
      <span class={`codicon codicon-${kind === 'reading' ? 'cloud-download' : 'sync'}`} aria-hidden="true" />
      <span class="banner-text">{text}</span>
      {kind === 'reading' && (
        <button class="link" onClick={() => store.command('ukboot.cancelReading')}>
          Cancel
        </button>
      )}
      {share !== undefined && (
        <span
          class="banner-bar"
          role="progressbar"
          aria-label="Memory read"
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(share * 100)}
        >
          <span style={{ width: `${String(share * 100)}%` }} />
        </span>
      )}
    </section>
  );
}
