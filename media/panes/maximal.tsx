// A pane in the place of all that stands in columns, with the others as tabs above it.

import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import type { Frame } from '../../src/view/frame/frame';
import { useRoving } from '../hooks';
import { restore, toggleMaximised } from '../maximise';
import type { Store } from '../store';
import { ByClass, classesTitle, showsClasses } from './by-class';
import { Comparison } from './comparison';
import { Changes, ComparisonBeside, Figures } from './comparison-tables';
import { Explain } from './explain';
import { Findings } from './findings';
import { HeldPane } from './held';
import { MapPane } from './map/map';
import { Marked } from './marked';
import { MetricsPane } from './metrics';
import { Allocator, allocatorTitle } from './own/own';
import { Selected } from './selected';
import { Log, Steps } from './steps';
import { WhatIf } from './what-if';

interface Props {
  readonly store: Store;
  readonly frame: Frame;
  /** Cells and height of a row of the map at the panel's width. */
  readonly cells: number;
  readonly rowHeight: number;
}

interface Candidate {
  readonly name: string;
  readonly title: string;
  readonly shown: () => ComponentChildren;
}

/** The panes of the columns that there are now, in reading order. */
function candidates({ store, frame, cells, rowHeight }: Props): Candidate[] {
  const { map, comparison, lists, metrics } = frame;
  const found: (Candidate | false)[] = [
    frame.steps !== undefined && { name: 'steps', title: 'Steps', shown: () => <Steps store={store} frame={frame} /> },
    map !== undefined &&
      comparison === undefined && {
        name: 'map',
        title: 'Map',
        shown: () => <MapPane store={store} frame={frame} map={map} cells={cells} rowHeight={rowHeight} />,
      },
    comparison !== undefined && {
      name: 'compare',
      title: 'Compare',
      shown: () =>
        cells === 32 ? (
          <Comparison store={store} comparison={comparison} narrow />
        ) : (
          <ComparisonBeside store={store} comparison={comparison} />
        ),
    },
    comparison !== undefined && {
      name: 'changes',
      title: 'Changes',
      shown: () => <Changes store={store} comparison={comparison} />,
    },
    lists !== undefined && {
      name: 'lists',
      title: allocatorTitle(frame),
      shown: () => <Allocator store={store} frame={frame} lists={lists} />,
    },
    metrics !== undefined && {
      name: 'selected',
      title: 'Selected',
      shown: () => <Selected store={store} frame={frame} />,
    },
    showsClasses(store, frame) && {
      name: 'classes',
      title: classesTitle(frame),
      shown: () => <ByClass store={store} frame={frame} />,
    },
    frame.marked !== undefined && { name: 'marked', title: 'Marked', shown: () => <Marked store={store} frame={frame} /> },
    frame.findings.length > 0 && {
      name: 'findings',
      title: 'Findings',
      shown: () => <Findings store={store} frame={frame} />,
    },
    frame.explain !== undefined && {
      name: 'explain',
      title: 'Explain',
      shown: () => <Explain store={store} frame={frame} open />,
    },
    metrics !== undefined && {
      name: 'metrics',
      title: 'Metrics',
      shown: () =>
        comparison === undefined ? (
          <MetricsPane store={store} metrics={metrics} />
        ) : (
          <Figures store={store} comparison={comparison} />
        ),
    },
    frame.held !== undefined && { name: 'held', title: 'Held', shown: () => <HeldPane store={store} frame={frame} /> },
    frame.whatIf !== undefined && { name: 'whatif', title: 'What if', shown: () => <WhatIf store={store} frame={frame} /> },
    frame.log !== undefined && { name: 'log', title: 'Log', shown: () => <Log store={store} frame={frame} /> },
  ];
  return found.filter((c) => c !== false);
}

/** Undefined when no pane was maximised, or the one that was is not there now. */
export function maximal(props: Props): ComponentChildren {
  const all = candidates(props);
  const chosen = all.find((c) => c.name === props.store.layout.maximised);
  return chosen && <Maximal store={props.store} all={all} chosen={chosen} />;
}

function Maximal({
  store,
  all,
  chosen,
}: {
  readonly store: Store;
  readonly all: readonly Candidate[];
  readonly chosen: Candidate;
}) {
  const tabs = useRef<HTMLDivElement>(null);
  useRoving(tabs);
  return (
    <main class="maximal">
      <div class="pane-tabs" ref={tabs} role="toolbar" aria-label="Panes" data-pane="panes">
        {all.map((c) => (
          <button
            key={c.name}
            class="pane-tab"
            data-rove={c.name}
            aria-pressed={c === chosen}
            onClick={() => (c === chosen ? restore(store) : toggleMaximised(store, c.name))}
          >
            {c.title}
          </button>
        ))}
      </div>
      {chosen.shown()}
    </main>
  );
}
