import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activated, fileUri, heapViews, hoverAt, open, until, untitled } from './support';

describe('hovers', () => {
  before(activated);

  it('a memory-map file: base, end, sizes, pages, type and flags by name, and the decision', async () => {
    const hover = await hoverAt(await open('paged-0.17.ukboot.json'), '"0x180000"');
    assert.ok(hover);
    assert.match(hover, /^\*\*Region 9 · FREE · rw\\-\*\* added to the heap ②/);
    assert.match(hover, /`0x0018 0000` – `0x03fd f000` \(end exclusive\)/);
    assert.match(hover, /\|Length\|`0x3e5f000`\|62\.4\u202fMiB/);
    assert.match(hover, /\|Pages\|15\u202f967\|/);
    assert.match(hover, /\|Inside\|`o\d+…o12`\|largest block 16\u202fMiB at `0x1000000`\|/);
    assert.match(hover, /\|Neighbours\|\|cmdline below, reserved above, both touch\|/);
    assert.match(hover, /With .*\*\*tlsf\*\*.* it stays unused: they cannot add memory/);
    assert.match(hover, /`UKPLAT_MEMRT_FREE`\|= 1/);
    assert.match(hover, /\*\*bbuddy 0\.17\.0:\*\* Added to the heap at 0x12000/);
  });

  it('a GDB transcript: each printing of the list', async () => {
    const document = await open('gdb-0.17.0-x86_64-bbuddy.txt');
    for (const nth of [0, 1]) assert.match((await hoverAt(document, 'pbase = 4096', nth)) ?? '', /Region 0 · KERNEL/);
    assert.match((await hoverAt(document, 'pbase = 0x12000')) ?? '', /Region 2 · FREE.*\n[^]*becomes the heap/);
  });

  it('a C source: initialisers, with macros from the headers of the workspace', async () => {
    const document = await open('board.c');
    const first = await hoverAt(document, '.pbase');
    assert.match(first ?? '', /Region 0 · FREE · rw/);
    assert.match(first ?? '', /`0x4000 0000` – `0x4800 0000`/);
    const bad = await hoverAt(document, '.pbase', 1);
    assert.match(bad ?? '', /\$\(error\)/, 'a wrong one says what is wrong');
    assert.match(bad ?? '', /\[\$\(lightbulb\) Set len to 0x1000 and pg\\_count to 1\]\(command:ukboot\.fixRegion\?/);
  });

  it('ukboot.fixRegion puts the numbers right where they stand, and leaves alone what is right', async () => {
    const document = await open('board.c');
    const before = document.getText();
    await vscode.commands.executeCommand('ukboot.fixRegion', document.uri.toString(), 0);
    assert.equal(document.getText(), before);
    await vscode.commands.executeCommand('ukboot.fixRegion', document.uri.toString(), 1);
    assert.equal(document.getText(), before.replace('.len = 0x1234', '.len = 0x1000').replace('.pg_count = 2', '.pg_count = 1'));
    assert.doesNotMatch((await hoverAt(document, '.pbase', 1)) ?? '', /\$\(error\)/);
    // It may have been saved already, all by itself.
    const back = new vscode.WorkspaceEdit();
    back.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), before);
    await vscode.workspace.applyEdit(back);
    await document.save();
  });

  it('each link of a hover does what it says', async () => {
    const hover = await hoverAt(await open('paged-0.17.ukboot.json'), '"0x180000"');
    const links = new Map(
      [...(hover ?? '').matchAll(/\$\([a-z]+\) ([^\]]+)\]\(command:([\w.]+)\?([^)]+)\)/g)].map(
        ([, text, command, args]) =>
          [text!, { command: command!, args: JSON.parse(decodeURIComponent(args!)) as unknown[] }] as const,
      ),
    );
    assert.deepEqual([...links.keys()], ['Simulate ukboot', 'Show region 9 in heap view', 'Explain', 'Copy as JSON']);
    const follow = async (text: string): Promise<void> => {
      const { command, args } = links.get(text)!;
      await vscode.commands.executeCommand(command, ...args);
    };
    await follow('Copy as JSON');
    assert.equal(
      await vscode.env.clipboard.readText(),
      '{ "pbase": "0x180000", "vbase": "0x180000", "pg_off": 0, "len": "0x3e5f000", "pg_count": 15967, "type": "FREE", "flags": ["READ", "WRITE"] }',
    );
    await follow('Show region 9 in heap view');
    await until('a heap view', () => heapViews().length === 1);
    await follow('Show region 9 in heap view');
    assert.equal(heapViews().length, 1, 'it is in the view that is open');
    await until('the region is selected', async () => {
      await vscode.commands.executeCommand('ukboot.copyAddress');
      return (await vscode.env.clipboard.readText()) === '0x180000';
    });
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('the rule that a region breaks is a page that is there without a network', async () => {
    const document = await open('board.c');
    const bad = (await hoverAt(document, '.pbase', 1)) ?? '';
    const [, args] = /Show the rules?\]\(command:ukboot\.showRules\?([^)]+)\)/.exec(bad) ?? [];
    await vscode.commands.executeCommand('ukboot.showRules', ...(JSON.parse(decodeURIComponent(args!)) as unknown[]));
    const page = (): vscode.TextDocument | undefined =>
      vscode.workspace.textDocuments.find((d) => d.uri.scheme === 'ukboot-rules');
    await until('the page of the rule', () => page() !== undefined);
    assert.match(page()!.getText(), /## Page count and length fit each other[^]*`\(md\)->pg_count \* PAGE_SIZE == \(md\)->len`/);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('a serial log: the lines that ukboot prints', async () => {
    const hover = await hoverAt(await open('boot-0.17.log'), '000000012000-0000000a0000 000000012000-0000000a0000 rw-');
    assert.match(hover ?? '', /Region 2 · FREE/);
  });

  it('unsaved text counts', async () => {
    const document = await untitled(
      '{ "regions": [ { "base": "0x1000", "len": "0x2000", "flags": ["ALLOCATABLE"] } ] }',
      'jsonc',
    );
    // A memory map is known by its name; an untitled one only when its text says so.
    assert.match((await hoverAt(document, '"base"')) ?? '', /Region 0/);
  });

  it('text that holds no region gets none', async () => {
    const document = await untitled('int main(void)\n{\n\treturn 0;\n}\n', 'c');
    assert.equal(await hoverAt(document, 'main'), undefined);
  });

  it('none when the setting is off', async () => {
    const settings = vscode.workspace.getConfiguration('ukboot', fileUri('paged-0.17.ukboot.json'));
    await settings.update('hover.enabled', false, vscode.ConfigurationTarget.Workspace);
    try {
      assert.equal(await hoverAt(await open('paged-0.17.ukboot.json'), '"0x180000"'), undefined);
    } finally {
      await settings.update('hover.enabled', undefined, vscode.ConfigurationTarget.Workspace);
    }
  });
});
