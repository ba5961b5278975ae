// The panes as the panel has them: each is drawn again only when something that it shows has changed. A frame keeps the objects of
// what stays, so that is a matter of identity.

import { h } from 'preact';
import type { ComponentChild, FunctionComponent } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Frame } from '../src/view/frame/frame';
import { ByClass as ByClassPane } from './panes/by-class';
import { Explain as ExplainPane } from './panes/explain';
import { Findings as FindingsPane } from './panes/findings';
import { HeldPane as Held } from './panes/held';
import { Marked as MarkedPane } from './panes/marked';
import { MetricsPane as Metrics } from './panes/metrics';
import { Allocator as AllocatorPane } from './panes/own/own';
import { Selected as SelectedPane } from './panes/selected';
import { Log as LogPane, Steps as StepsPane } from './panes/steps';
import { Strip as StripPane } from './panes/strip';
import { Timeline as TimelinePane } from './panes/timeline';
import { Toolbar as ToolbarPane } from './panes/toolbar';
import { WhatIf as WhatIfPane } from './panes/what-if';
import type { Store } from './store';

interface Common {
  readonly store: Store;
  readonly frame?: Frame;
}

/** Parts of a frame, and of where the panel looks, that change while it only looks around; a pane says which of them it shows. */
const FRAME = ['sequence', 'map', 'table', 'cell', 'selected', 'region', 'lists', 'own', 'marked', 'spoken', 'status'];
const VIEWPORT = ['map', 'selection', 'beside', 'range', 'bookmarks', 'bookmarkLabels'];
/** Properties that are looked into, and one that Preact adds. */
const PROPS = ['store', 'frame', 'children'];

/** Names and values, without some. */
function rest(all: object, without: readonly string[]): unknown[] {
  return Object.entries(all).flatMap(([name, value]) => (without.includes(name) ? [] : [name, value as unknown]));
}

/**
 * A pane that is drawn again when its properties have changed, the layout, or anything that does not change while looking around.
 *
 * @param reads what else it shows
 */
function part<P extends Common>(
  draw: (props: P) => ComponentChild,
  reads: (props: P) => readonly unknown[] = () => [],
): FunctionComponent<P> {
  return (props) => {
    const { store } = props;
    const still = [...rest(store.frame ?? {}, FRAME), ...rest(store.viewport, VIEWPORT)];
    const shown = [store.layout, store.playing, store.searchMessage, ...rest(props, PROPS), ...reads(props), ...still];
    return useMemo(() => h(draw as FunctionComponent<P>, props), shown);
  };
}

export const Toolbar = part(ToolbarPane, ({ frame }) => [frame.map === undefined]);
export const Strip = part(StripPane);
export const Allocator = part(AllocatorPane, ({ frame }) => [frame.own]);
export const Steps = part(StepsPane);
export const Log = part(LogPane);
export const Selected = part(SelectedPane, ({ store, frame: { selected, region, cell, marked } }) => [
  ...[selected, region, cell, marked],
  ...[store.canGoBack, store.canGoForward],
]);
export const ByClass = part(ByClassPane, ({ frame }) => [frame.lists, frame.map?.level]);
export const Marked = part(MarkedPane, ({ store, frame }) => [frame.marked, store.naming]);
export const Findings = part(FindingsPane);
export const Explain = part(ExplainPane);
export const HeldPane = part(Held);
export const WhatIf = part(WhatIfPane);
export const MetricsPane = part(Metrics);
export const Timeline = part(TimelinePane);
