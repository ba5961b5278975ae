// A device tree blob (DTB), as the Devicetree Specification lays it out: a header of big-endian words, a block of tokens, a block of
// names.
//
//   +0 magic 0xd00dfeed   +4 totalsize   +8 off_dt_struct   +12 off_dt_strings   +16 off_mem_rsvmap   +20 version   …
//   tokens: 1 begin node (name, NUL, padding), 2 end node, 3 property (length, offset of the name, bytes, padding), 4 nothing, 9 end

import { hex } from '../../memory/address';
import type { Problem } from '../../regions/problem';
import { DEEPEST, MOST_NODES, type TreeNode, type TreeProperty } from './tree';

const MAGIC = 0xd00dfeed;
const HEADER = 40;
const [BEGIN, END_NODE, PROPERTY, NOTHING, END] = [1, 2, 3, 4, 9];

export interface BlobReading {
  readonly root?: TreeNode;
  /** `totalsize` of the header, bytes. */
  readonly size: number;
  readonly problems: readonly Problem[];
}

export function isDeviceTreeBlob(bytes: Uint8Array): boolean {
  return bytes.length >= 8 && bytes[0] === 0xd0 && bytes[1] === 0x0d && bytes[2] === 0xfe && bytes[3] === 0xed;
}

/** Reads a blob; never throws. What is cut off or damaged ends the tree there and is a problem at its offset. */
export function readBlob(bytes: Uint8Array): BlobReading {
  const problems: Problem[] = [];
  const say = (code: string, message: string): void => void problems.push({ severity: 'error', code, message });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER || view.getUint32(0) !== MAGIC) {
    say('not-a-device-tree', `A device tree blob begins with ${hex(BigInt(MAGIC))} and a header of ${HEADER} bytes.`);
    return { size: 0, problems };
  }
  const [size, structure, strings] = [view.getUint32(4), view.getUint32(8), view.getUint32(12)];
  if (size > bytes.length) say('cut-off', `The header says ${size} bytes, the file has ${bytes.length}: what is there is read.`);
  const root = new Tokens(bytes, view, structure, strings, say).read();
  return { ...(root && { root }), size, problems };
}

interface OpenNode {
  readonly name: string;
  readonly properties: Map<string, TreeProperty>;
  readonly children: TreeNode[];
}

class Tokens {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly strings: number;
  private readonly say: (code: string, message: string) => void;
  private at: number;
  private count = 0;

  constructor(bytes: Uint8Array, view: DataView, at: number, strings: number, say: (code: string, message: string) => void) {
    this.bytes = bytes;
    this.view = view;
    this.at = at;
    this.strings = strings;
    this.say = say;
  }

  read(): TreeNode | undefined {
    const open: OpenNode[] = [];
    let root: OpenNode | undefined;
    for (;;) {
      const start = this.at;
      const token = this.word();
      if (token === undefined) return this.ended('cut-off', `The blob ends at ${start}, inside of its structure.`, root);
      if (token === END) return root;
      if (token === NOTHING) continue;
      if (token === BEGIN) {
        const node = this.begin();
        if (node === undefined) return this.ended('cut-off', `The name of the node at offset ${start} does not end.`, root);
        if (open.length >= DEEPEST || this.count > MOST_NODES)
          return this.ended('too-deep', `More than ${DEEPEST} levels or ${MOST_NODES} nodes at offset ${start}.`, root);
        open.at(-1)?.children.push(node);
        root ??= node;
        open.push(node);
      } else if (token === END_NODE) open.pop();
      else if (token !== PROPERTY || !this.property(open.at(-1)))
        return this.ended('damaged-line', `Token ${hex(BigInt(token))} at offset ${start} makes no sense there.`, root);
    }
  }

  private ended(code: string, message: string, root: TreeNode | undefined): TreeNode | undefined {
    this.say(code, message);
    return root;
  }

  private begin(): OpenNode | undefined {
    const name = this.name(this.at);
    if (name === undefined) return undefined;
    this.at = (this.at + name.length + 1 + 3) & ~3;
    this.count++;
    return { name, properties: new Map(), children: [] };
  }

  private property(node: OpenNode | undefined): boolean {
    const [length, offset] = [this.word(), this.word()];
    if (node === undefined || length === undefined || offset === undefined) return false;
    const name = this.name(this.strings + offset);
    if (name === undefined || length > this.bytes.length - this.at) return false;
    node.properties.set(name, { bytes: this.bytes.subarray(this.at, this.at + length) });
    this.at = (this.at + length + 3) & ~3;
    return true;
  }

  /** A NUL-terminated name of at most 255 characters. */
  private name(at: number): string | undefined {
    const end = at < this.bytes.length ? this.bytes.indexOf(0, at) : -1;
    return end < 0 || end - at > 255 ? undefined : String.fromCharCode(...this.bytes.subarray(at, end));
  }

  private word(): number | undefined {
    if (this.at + 4 > this.bytes.length) return undefined;
    const word = this.view.getUint32(this.at);
    this.at += 4;
    return word;
  }
}
