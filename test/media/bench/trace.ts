// What each frame of the screen costs a page, from a trace of its main thread.

import type { Page } from 'playwright-core';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds: when, how long on the clock, how long on the processor. */
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: {
    readonly data?: {
      readonly message?: string;
      readonly frames?: readonly { readonly url: string; readonly processId: number }[];
    };
  };
}

/** Milliseconds. */
export interface FrameCost {
  /** All tasks, without rasterising. */
  readonly work: number;
  /** In software the main thread rasterises canvases, when it updates its layers; everything else has threads of its own. */
  readonly raster: number;
}

export interface Traced {
  /** Of each time that something was done, the frame of the screen that cost most. */
  readonly frames: readonly FrameCost[];
  readonly process: number;
}

const ACT = 'act';

/** Does something some times, and waits each time until it is on screen. Tracing itself costs, so all this is a little more than it is. */
export async function traced(page: Page, times: number, act: (i: number) => Promise<void>): Promise<Traced> {
  const browser = page.context().browser()!;
  const categories = ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline', 'cc'];
  await browser.startTracing(page, { categories });
  for (let i = 0; i < times; i++) {
    await page.evaluate((name) => console.timeStamp(name), ACT);
    await act(i);
  }
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: readonly TraceEvent[] };
  const shown = traceEvents.flatMap((e) => e.args?.data?.frames ?? []).find((f) => f.url === page.url());
  const acts = traceEvents.filter((e) => e.name === 'TimeStamp' && e.args?.data?.message === ACT && e.pid === shown?.processId);
  if (shown === undefined || acts.length !== times) throw new Error('the trace does not hold what was done');
  const { tid } = acts[0]!;
  const thread = traceEvents.filter((e) => e.ph === 'X' && e.pid === shown.processId && e.tid === tid);
  return {
    frames: costliest(
      thread,
      acts.map((e) => e.ts).sort((a, b) => a - b),
    ),
    process: shown.processId,
  };
}

/** A frame is all that was done since the one before it was handed over. */
function costliest(thread: readonly TraceEvent[], acts: readonly number[]): FrameCost[] {
  const named = (name: string) => thread.filter((e) => e.name === name);
  const ends = named('ProxyMain::BeginMainFrame')
    .map((e) => e.ts + (e.dur ?? 0))
    .sort((a, b) => a - b);
  const before = (list: readonly number[], ts: number) => {
    const i = list.findIndex((t) => t > ts);
    return i < 0 ? list.length : i;
  };
  const most = acts.map((): FrameCost => ({ work: 0, raster: 0 }));
  const frames = new Map<string, { act: number; work: number; raster: number }>();
  const frameOf = ({ ts }: TraceEvent) => {
    const act = before(acts, ts) - 1;
    const key = `${String(act)}.${String(before(ends, ts))}`;
    const frame = frames.get(key) ?? { act, work: 0, raster: 0 };
    frames.set(key, frame);
    return frame;
  };
  for (const task of named('RunTask')) frameOf(task).work += (task.tdur ?? 0) / 1000;
  for (const update of named('LayerTreeHost::DoUpdateLayers')) {
    const frame = frameOf(update);
    frame.raster += (update.tdur ?? 0) / 1000;
    frame.work -= (update.tdur ?? 0) / 1000;
  }
  for (const { act, work, raster } of frames.values())
    if (act >= 0 && work + raster > most[act]!.work + most[act]!.raster) most[act] = { work, raster };
  return most;
}
