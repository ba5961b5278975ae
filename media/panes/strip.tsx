// The address strip: every region in order, gaps collapsed, what became of each.

import { useRef } from 'preact/hooks';
import { counted, sizeText } from '../../src/view/numbers';
import type { AreaBox, Gap, RegionBox, StripItem, StripView } from '../../src/view/strip';
import { useRoving, useSize } from '../hooks';
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
  const { width } = useSize(list);
  const room = width === 0 ? Infinity : width;
  const addresses = wide && leastWidth(strip.items, true) <= room;
  const items = narrow || leastWidth(strip.items, addresses) > room ? withoutStory(strip.items) : strip.items;
  const areas = strip.items.filter((i) => i.kind === 'area').length;
  const regions = strip.items.filter((i) => i.kind === 'region').length;
  const holds = (box: RegionBox | AreaBox) =>
    selected !== undefined && BigInt(selected) >= BigInt(box.base) && BigInt(selected) < BigInt(box.end);
  return (
    <section class="strip" aria-label={title === 'Memory' ? 'Address space' : `Region list ${title}`} data-pane="strip">
      <div class="strip-label">
        <strong>{title}</strong>
        {strip.lines.map((line) => (
          <span key={line}>{line}</span>
        ))}
      </div>
      <ul
        class="strip-boxes"
        ref={list}
        aria-label={areas > 0 ? `Memory of the heap, ${counted(areas, 'area')}` : `Memory regions, ${String(regions)}`}
      >
        {items.map((item, i) => {
          if (item.kind === 'region')
            return (
              <Region key={item.index} store={store} box={item} selected={holds(item)} wide={addresses} previous={items[i - 1]} />
            );
          if (item.kind === 'area') return <Area key={item.name} store={store} box={item} selected={holds(item)} />;
          if (item.kind === 'gap') return <GapMark key={item.base} gap={item} />;
          return (
            <li key={`more${String(i)}`} class="region more look-reserved">
              <span class="region-box">
                <span class="region-letter">{item.count} more</span>
              </span>
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
  readonly previous: StripItem | undefined;
}

function Region({ store, box, selected, wide, previous }: RegionProps) {
  const story = box.label !== '';
  const addressed = isAddressed(box, wide, previous);
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
            <span class="region-label long">{box.label}</span>
            <span class="region-label short" aria-hidden="true">
              {box.lost ? 'lost' : box.label.replace(/ → heap|addmem → /, '')}
            </span>
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

function Area({ store, box, selected }: { readonly store: Store; readonly box: AreaBox; readonly selected: boolean }) {
  return (
    <li class={`region look-free story${selected ? ' selected' : ''}`} style={{ flexGrow: String(growth(box.bytes)) }}>
      <span class="region-address">{box.base}</span>
      <button
        class="region-box"
        data-rove={box.name}
        data-at={box.base}
        aria-current={selected}
        title={`${box.name} · ${box.base}…${box.end} · ${box.size}`}
        onClick={() => store.select(box.base)}
      >
        <span class="unseen">{box.spoken}, </span>
        <span>{box.name}</span>
      </button>
      <span class="region-size">{box.size}</span>
    </li>
  );
}

/** Addresses stand where they help: at the heap's regions, and after a gap; everywhere when there is room. */
function isAddressed(box: RegionBox, wide: boolean, previous: StripItem | undefined): boolean {
  return wide || box.label !== '' || (previous?.kind === 'gap' && box.bytes >= 2 ** 28);
}

/** Pixels below which the items do not all fit, as the style sheet has them. */
function leastWidth(items: readonly StripItem[], wide: boolean): number {
  const widths = items.map((item, i) => {
    if (item.kind === 'gap') return 26;
    if (item.kind === 'more') return 60;
    if (item.kind === 'area' || item.label !== '') return 138;
    return isAddressed(item, wide, items[i - 1]) ? 88 : 28;
  });
  return widths.reduce((sum, w) => sum + w, 12);
}

function weight(box: RegionBox): number {
  return box.label !== '' ? growth(box.bytes) : 0.5 + Math.log2(Math.max(1, box.bytes)) / 20;
}

/** Of what the heap has: more for more bytes. */
function growth(bytes: number): number {
  return 4 + Math.log2(Math.max(1, bytes / 65536)) / 4;
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
    else if (item.kind === 'region' || item.kind === 'area') {
      flush();
      out.push(item);
    }
  }
  flush();
  return out;
}
