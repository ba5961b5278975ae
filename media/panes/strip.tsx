// The address strip: every region in order, gaps collapsed, what became of each.

import { useRef } from 'preact/hooks';
import { sizeText } from '../../src/view/numbers';
import type { Gap, RegionBox, StripItem, StripView } from '../../src/view/strip';
import { useRoving } from '../hooks';
import type { Store } from '../store';

interface Props {
  readonly store: Store;
  readonly strip: StripView;
  /** `Memory`, or which of two lists this is. */
  readonly title?: string;
  readonly selected: string | undefined;
  readonly wide: boolean;
  readonly narrow: boolean;
}

export function Strip({ store, strip, title = 'Memory', selected, wide, narrow }: Props) {
  const list = useRef<HTMLUListElement>(null);
  useRoving(list);
  const items = narrow ? withoutStory(strip.items) : strip.items;
  const regions = strip.items.filter((i) => i.kind === 'region').length;
  const holds = (box: RegionBox) =>
    selected !== undefined && BigInt(selected) >= BigInt(box.base) && BigInt(selected) < BigInt(box.end);
  return (
    <section class="strip" aria-label={title === 'Memory' ? 'Address space' : `Region list ${title}`} data-pane="strip">
      <div class="strip-label">
        <strong>{title}</strong>
        {strip.lines.map((line) => (
          <span key={line}>{line}</span>
        ))}
      </div>
      <ul class="strip-boxes" ref={list} aria-label={`Memory regions, ${String(regions)}`}>
        {items.map((item, i) => {
          if (item.kind === 'region')
            return (
              <Region
                key={item.index}
                store={store}
                box={item}
                selected={holds(item)}
                wide={wide}
                narrow={narrow}
                previous={items[i - 1]}
              />
            );
          if (item.kind === 'gap') return <GapMark key={item.base} gap={item} />;
          return (
            <li key={`more${String(i)}`} class="region more look-reserved">
              <span class="region-box">{item.count} more</span>
              <span class="region-size">{item.size}</span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

interface RegionProps {
  readonly store: Store;
  readonly box: RegionBox;
  readonly selected: boolean;
  readonly wide: boolean;
  readonly narrow: boolean;
  readonly previous: StripItem | undefined;
}

function Region({ store, box, selected, wide, narrow, previous }: RegionProps) {
  const story = box.label !== '';
  // Addresses stand where they help: at the heap's regions, and after a gap; everywhere when there is room.
  const addressed = wide || story || (previous?.kind === 'gap' && box.bytes >= 2 ** 28);
  return (
    <li
      class={`region look-${box.look}${story ? ' story' : addressed ? ' far' : ''}${box.lost ? ' lost' : ''}${box.changed === true ? ' changed' : ''}${selected ? ' selected' : ''}`}
      style={{ flexGrow: String(weight(box)) }}
    >
      <span class="region-address">{addressed ? box.base : ''}</span>
      <button
        class="region-box"
        data-rove={String(box.index)}
        data-region={String(box.index)}
        data-at={box.base}
        aria-current={selected}
        title={`region ${String(box.index)} · ${box.look} ${box.permissions} · ${box.base}…${box.end} · ${box.size}${box.reason === '' ? '' : `\n${box.reason}`}`}
        onClick={() => store.select(box.base)}
      >
        <span class="unseen">{box.spoken}, </span>
        {story ? (
          <>
            {box.mark !== '' && <span class="order">{box.mark}</span>}
            <span class="region-label">{narrow ? box.label.replace(/ → heap|addmem → /, '') : box.label}</span>
          </>
        ) : (
          <span class="region-letter">
            {box.letter}
            {box.look === 'kernel' && <span class="region-permissions"> {box.permissions}</span>}
          </span>
        )}
      </button>
      <span class="region-size">{story || wide ? box.size : box.shortSize}</span>
    </li>
  );
}

function weight(box: RegionBox): number {
  if (box.label !== '') return 4 + Math.log2(Math.max(1, box.bytes / 65536)) / 4;
  return 0.5 + Math.log2(Math.max(1, box.bytes)) / 20;
}

function GapMark({ gap }: { readonly gap: Gap }) {
  return (
    <li class="gap" title={`gap of ${gap.size}: ${gap.base}…${gap.end}`}>
      <span class="region-address">gap</span>
      <svg class="heartbeat" viewBox="0 0 40 20" preserveAspectRatio="none" aria-hidden="true">
        <path d="M0 10 H12 L16 3 L22 17 L26 10 H40" />
      </svg>
      <span class="region-size">{gap.shortSize}</span>
    </li>
  );
}

/** Regions of no story and gaps joined to one box each: for a narrow panel. */
function withoutStory(items: readonly StripItem[]): StripItem[] {
  const out: StripItem[] = [];
  let pending: RegionBox[] = [];
  const flush = () => {
    const [only] = pending;
    if (only !== undefined && pending.length === 1) out.push(only);
    else if (pending.length > 1) {
      const bytes = pending.reduce((sum, b) => sum + b.bytes, 0);
      out.push({ kind: 'more', count: pending.length, size: sizeText(bytes) });
    }
    pending = [];
  };
  for (const item of items) {
    if (item.kind === 'region' && item.label === '') pending.push(item);
    else if (item.kind === 'region') {
      flush();
      out.push(item);
    }
  }
  flush();
  return out;
}
