// What an access to a shadow address meets: the walk through the page tables, and whose the page was.

import type { ShadowSpace, ShadowWalk } from '../../snapshot/shadow';
import { countText, hex } from '../numbers';
import type { Past } from './oscar-frames';
import type { Probe, ProbeStep } from './probe';

const PAGE = 4096n;
/** Where nothing is revoked, an entry is 0. */
const REVOKED = 0xffff_ffff_ffff_fffen;

export function probed(space: ShadowSpace, past: Past | undefined, text: string): Probe {
  const found = /^\s*(?:(read|write)\s)?\s*(0x[0-9a-f]{1,16})\s*$/i.exec(text);
  if (found === null)
    return {
      title: 'Access probe',
      steps: [],
      note:
        text.trim() === '' ? 'Type a shadow address to see what an access meets.' : `“${text}” is no address: 0x40000007f08 is.`,
    };
  const address = BigInt(found[2]!);
  const title = `Access probe: ${(found[1] ?? 'read').toLowerCase()} ${hex(address)}`;
  if (address < space.start || address >= space.end)
    return { title, steps: [], note: `Shadow addresses are ${hex(space.start)} … below ${hex(space.end)}.` };
  const walk = space.walk(address);
  return { title, answer: answerOf(space, past, address, walk), steps: walk.steps.map((s) => stepOf(s, walk)), note: '' };
}

function stepOf(s: ShadowWalk['steps'][number], walk: ShadowWalk): ProbeStep {
  const last = s === walk.steps.at(-1);
  const passes = s.value === undefined ? undefined : (s.value & 1n) === 1n;
  return {
    title: `L${String(s.level)}[${String(s.index)}]`,
    mark: passes === undefined ? '?' : passes ? '✓' : '✗',
    text:
      s.value === undefined
        ? s.entry === undefined
          ? 'its table is not known'
          : `entry ${hex(s.entry)} is not in the memory read`
        : `entry ${hex(s.value)}${s.entry === undefined ? '' : ` at ${hex(s.entry)}`}${last && passes === false ? `: ${s.value === REVOKED ? 'revoked' : s.value === 0n ? 'never set, or cleared' : 'not present'}` : ''}`,
  };
}

/** One sentence on what happens, one on whose it was, one on what has become of the frame. */
function answerOf(space: ShadowSpace, past: Past | undefined, address: bigint, walk: ShadowWalk): string {
  const owner = past?.owners?.ofShadow(address, past.done);
  const named = owner && past?.owners && `#${String(owner.number)} ${past.owners.callOf(owner)}`;
  if (walk.reaches !== undefined)
    return `Reaches ${hex(walk.reaches)}${named === undefined ? (walk.state === undefined ? '' : ` (${walk.state})`) : `, in ${named}`}.`;
  if (walk.steps.some((s) => s.value === undefined)) return 'Not known: a table of the walk is not in the memory read.';
  if (owner === undefined || past?.owners === undefined) return `Fault. ${stateText(space, past, walk)}`;
  const end = past.owners.endOf(owner, past.done);
  const by = end === undefined ? 'revoked since' : `freed by ${end.kind} at step ${countText(end.operation + 1)}`;
  const frame = past.owners.frameOf(owner, address);
  return `Fault. It was ${named!}, ${by}.${frame === undefined ? '' : ` ${nowText(space, past, frame)}`}`;
}

function stateText(space: ShadowSpace, past: Past | undefined, walk: ShadowWalk): string {
  switch (walk.state) {
    case undefined:
      return 'The page was never handed out.';
    case 'guard':
      return 'It is a guard page: kept without a mapping behind a shadow.';
    case 'gap':
      return 'The address is free: no object has it.';
    default:
      return `The page is ${walk.state}: any access to it faults.${past === undefined && space.preset === 'wilde' ? ' Whose it was, memory does not keep.' : ''}`;
  }
}

function nowText(space: ShadowSpace, { owners, done }: Past, frame: bigint): string {
  const run = space.runs.find((r) => r.frame !== undefined && r.object !== undefined && frame >= r.frame && frame < r.frame + BigInt(r.pages) * PAGE); // prettier-ignore
  if (run?.frame === undefined) return 'No object is on its frame now.';
  const heir = owners?.ofShadow(run.base + (frame - run.frame), done);
  return heir === undefined ? 'Another object is on its frame now.' : `The frame is now #${String(heir.number)}’s.`;
}
