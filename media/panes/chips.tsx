// What was read and how, in the toolbar: as many chips as there is room for, none cut; the others behind one that counts them.

import { useEffect, useRef, useState } from 'preact/hooks';
import type { Chip } from '../../src/view/frame/frame';
import { textWidth } from '../canvas/surface';
import { useSize } from '../hooks';
import type { Store } from '../store';
import { currentPalette } from '../theme';

/** Padding and border of a chip, the gap to the next, and what `+12` takes. */
const FRAME = 17;
const GAP = 6;
const MORE = 42;

export function Chips({ store, chips, narrow }: { readonly store: Store; readonly chips: readonly Chip[]; readonly narrow: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  const { width } = useSize(box);
  const [open, setOpen] = useState(false);
  const widths = chips.map((c) => Math.ceil(textWidth(textOf(c, narrow), `12px ${currentPalette().uiFont}`)) + FRAME + GAP);
  const shown = fitting(chips, widths, width + GAP);
  const rest = chips.filter((_, i) => !shown.has(i));
  const whole = widths.reduce((sum, w) => sum + w, 0);
  useEffect(() => {
    if (rest.length === 0 && open) setOpen(false);
  }, [rest.length, open]);
  return (
    <div class="chips" ref={box} style={{ flexBasis: `${String(whole)}px` }}>
      <ul class="chip-row" aria-label="What was read">
        {chips.map((c, i) =>
          shown.has(i) ? (
            <ChipItem key={c.text} store={store} chip={c} narrow={narrow} />
          ) : (
            <li key={c.text} class="unseen">
              {c.text}
            </li>
          ),
        )}
      </ul>
      {rest.length > 0 && width > 0 && (
        <button
          class={`chip chip-more chip-${worst(rest)}`}
          aria-expanded={open}
          aria-label={`${String(rest.length)} more`}
          title={rest.map((c) => c.text).join('\n')}
          onClick={() => setOpen(!open)}
          onKeyDown={(e) => {
            if (e.key !== 'Escape' || !open) return;
            e.stopPropagation();
            setOpen(false);
          }}
        >
          +{rest.length}
        </button>
      )}
      {open && rest.length > 0 && (
        <ul class="chips-rest" aria-label="More of what was read">
          {rest.map((c) => (
            <ChipItem key={c.text} store={store} chip={c} narrow={false} />
          ))}
        </ul>
      )}
    </div>
  );
} // prettier-ignore

function ChipItem({ store, chip, narrow }: { readonly store: Store; readonly chip: Chip; readonly narrow: boolean }) {
  return (
    <li class={`chip chip-${chip.kind}`} title={chip.tooltip}>
      {chip.explain === undefined ? (
        textOf(chip, narrow)
      ) : (
        <button class="link" onClick={() => store.explain(chip.explain!)}>
          {chip.text}
        </button>
      )}
    </li>
  );
}

function textOf(chip: Chip, narrow: boolean): string {
  return narrow && chip.kind === 'good' ? '✓' : chip.text;
}

const RANKS: readonly Chip['kind'][] = ['error', 'warning', 'good', 'plain'];

function worst(chips: readonly Chip[]): Chip['kind'] {
  return RANKS.find((kind) => kind !== 'good' && chips.some((c) => c.kind === kind)) ?? 'plain';
}

/** Indexes of the chips that are shown: what is wrong first, then the others from left to right. */
function fitting(chips: readonly Chip[], widths: readonly number[], room: number): Set<number> {
  const rank = (i: number) => RANKS.indexOf(chips[i]!.kind);
  const order = chips.map((_, i) => i).sort((a, b) => rank(a) - rank(b) || a - b);
  const total = widths.reduce((sum, w) => sum + w, 0);
  let left = total <= room ? room : room - MORE;
  const shown = new Set<number>();
  let hidden = false;
  for (const i of order) {
    // All is well is not said while what is wrong has no room.
    if (widths[i]! > left || (hidden && chips[i]!.kind === 'good')) {
      hidden ||= chips[i]!.kind === 'error' || chips[i]!.kind === 'warning';
      continue;
    }
    left -= widths[i]!;
    shown.add(i);
  }
  return shown;
}
