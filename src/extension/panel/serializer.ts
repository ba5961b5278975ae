// Brings heap views back after a reload of the window.

import * as vscode from 'vscode';
import type { Dumps } from '../dumps/dumps';
import { VIEW_TYPE } from '../ids';
import * as messages from '../messages';
import { parseRestore, sessionIn } from './restore';
import type { Simulations } from '../simulations';
import { tell } from '../tell';

export function registerSerializer(simulations: Simulations, dumps: Dumps): vscode.Disposable {
  return vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, {
    async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
      const restore = parseRestore(state);
      const shown =
        restore === undefined
          ? false
          : restore.kind === 'dump'
            ? await dumps.restore(restore, panel)
            : await simulations.restore(restore, panel);
      if (shown) return;
      panel.dispose();
      const session = sessionIn(state);
      if (session !== undefined) {
        tell(messages.sessionNotRestored(session));
        return;
      }
      const what =
        restore === undefined ? 'an older window' : restore.kind === 'dump' ? restore.inputs.join(', ') : restore.input;
      tell(messages.notRestored(what));
    },
  });
}
