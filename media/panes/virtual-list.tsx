// A long list of which the host sent a window. Scrolling asks for another window; moving the cursor brings the list along.

import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { Window } from '../../src/view/viewport';
import { scrollScale, useSize } from '../hooks';

interface Props<Row> {
  readonly name: string;
  readonly label: string;
  readonly rowHeight: number;
  readonly total: number;
  readonly first: number;
  readonly rows: readonly Row[];
  /** Row that is current, for the active option. */
  readonly current: number;
  readonly window: Window;
  readonly onLook: (window: Window) => void;
  readonly onOpen: (row: Row) => void;
  /** Class and content of a row. */
  readonly draw: (row: Row) => { readonly class: string; readonly content: ComponentChildren; readonly selected: boolean };
}

export function VirtualList<Row>(props: Props<Row>) {
  const { name, label, rowHeight, total, first, rows, window, onLook } = props;
  const box = useRef<HTMLDivElement>(null);
  const { height } = useSize(box);
  const count = Math.max(4, Math.ceil(height / rowHeight) + 1);
  const scroll = scrollScale(total * rowHeight, height);
  const at = (row: number) => row * rowHeight - (scroll.scale === 1 ? 0 : first * rowHeight * (1 - 1 / scroll.scale));
  const active = useRef(-1);
  const ours = useRef(-1);

  useEffect(() => {
    if (height > 0 && window.count !== count) onLook({ ...window, count });
  }, [count, height]);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null || !window.follow) return;
    // A window is a row or two higher than the list. Of the last one the end is shown, unless the current row is above that.
    const last = first + rows.length >= total;
    const top = last ? at(Math.max(first, props.current)) : (first * rowHeight) / scroll.scale;
    element.scrollTop = ours.current = Math.round(Math.min(top, element.scrollHeight - height));
  }, [first, rows.length, total, window.follow, height, props.current]);

  const onScroll = () => {
    const { scrollTop: top, scrollHeight, clientHeight } = box.current!;
    // A list that has become shorter, or higher, is moved by the browser: nobody has scrolled it.
    if (Math.abs(top - Math.min(ours.current, scrollHeight - clientHeight)) <= 1) return;
    ours.current = top;
    onLook({ first: Math.floor((top * scroll.scale) / rowHeight), count, follow: false });
  };
  const onKeyDown = (e: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: count - 2, PageUp: 2 - count }[e.key];
    if (by !== undefined) {
      e.preventDefault();
      e.stopPropagation();
      const from = active.current < 0 ? props.current : active.current;
      active.current = Math.max(0, Math.min(total - 1, from + by));
      const inside = active.current >= first && active.current < first + rows.length - 1;
      if (inside) onLook({ ...window, first, count, follow: false });
      else onLook({ first: Math.max(0, active.current - Math.floor(count / 2)), count, follow: false });
      ours.current = -1;
    } else if (e.key === 'Enter') {
      const row = rows[(active.current < 0 ? props.current : active.current) - first];
      active.current = -1;
      if (row !== undefined) props.onOpen(row);
    }
  };
  const activeRow = active.current < 0 ? props.current : active.current;
  const shown = activeRow >= first && activeRow < first + rows.length;
  return (
    <div
      class={`virtual ${name}-list`}
      ref={box}
      role="listbox"
      aria-label={label}
      tabIndex={0}
      data-stop
      aria-activedescendant={shown ? `${name}-${String(activeRow)}` : undefined}
      onScroll={onScroll}
      onKeyDown={onKeyDown}
      onBlur={() => (active.current = -1)}
    >
      <div class="virtual-spacer" role="presentation" style={{ height: `${String(scroll.height)}px` }}>
        {rows.map((row, i) => {
          const drawn = props.draw(row);
          return (
            <div
              key={first + i}
              id={`${name}-${String(first + i)}`}
              role="option"
              class={`virtual-row ${drawn.class}${first + i === active.current ? ' active' : ''}`}
              aria-selected={drawn.selected}
              aria-setsize={total}
              aria-posinset={first + i + 1}
              style={{ top: `${String(at(first + i))}px`, height: `${String(rowHeight)}px` }}
              onClick={() => props.onOpen(row)}
            >
              {drawn.content}
            </div>
          );
        })}
      </div>
    </div>
  );
}
