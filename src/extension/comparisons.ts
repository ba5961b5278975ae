// Two states above each other: which of the pinned ones the panel's is held against, and two dumps chosen together.

import type * as vscode from 'vscode';
import type { Dumps } from './dumps/dumps';
import { pickFiles } from './dumps/questions';
import * as messages from './messages';
import type { Panels } from './panel/panels';
import { pickOne } from './pick';
import { tell } from './tell';

/** Compares what the current panel shows with a pinned state, the user's choice where there are several; again, and the map is back. */
export async function comparePinned(panels: Panels): Promise<void> {
  const { current } = panels;
  if (current === undefined) return;
  const { comparing, isComparing } = current.host.view;
  const others = comparing.names().filter((p) => !p.here);
  // One, or none: the view itself knows what to do, and says what it lacks.
  if (isComparing || others.length < 2) {
    current.act('compare');
    return;
  }
  const items = others.map(({ id, name }) => ({ label: name, id })).reverse();
  const options = { title: 'Compare with a pinned state', placeHolder: 'Pinned last comes first' };
  const chosen = await pickOne(items, options);
  if (chosen === undefined) return;
  current.reveal();
  current.host.compare({ id: chosen.id, name: chosen.label });
}

/** Opens two dumps in a panel each and holds the second one against the first. */
export async function compareDumps(dumps: Dumps, panels: Panels, uris: readonly vscode.Uri[]): Promise<void> {
  const [one, two, ...more] = uris.length > 0 ? uris : await pickFiles();
  if (one === undefined) return;
  if (two === undefined || more.length > 0) {
    tell(messages.notTwoDumps());
    return;
  }
  const first = await dumps.openAlone(one);
  const pin = first?.host.view.comparing.pinned();
  const second = pin && (await dumps.openAlone(two));
  if (pin === undefined || second === undefined) return;
  if (panels.has(second)) second.host.compare({ id: pin.id, name: pin.state.name });
}
