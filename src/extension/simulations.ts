// From an input to a heap view: read it, complete what it does not say, simulate, show.

import * as vscode from 'vscode';
import { allocatorFor } from '../allocators/registry';
import { isAllocatorId } from '../regions/allocator-id';
import { toRegions } from '../regions/regions';
import { known } from '../timeline/choices';
import { Simulation, cannotSimulate } from '../timeline/simulation';
import type { SimulationInput } from '../timeline/types';
import { comparing } from '../timeline/what-if';
import { measured } from '../view/time/history';
import { callsDone } from '../view/compare/what-if';
import { SOURCE_NAMES } from '../view/subject';
import type { Subject } from '../view/subject';
import { askAllocator, completeChoices } from './choice-picker';
import type { Choices } from '../timeline/choices';
import { CHOOSE, inputOf, pickInput } from './input';
import type { Input } from './input';
import type { Log } from './log';
import * as messages from './messages';
import { WHAT_IF } from './panel/panel';
import type { Panels } from './panel/panels';
import type { Project } from './project/project';
import { readInput } from './project/reading';
import { restoreOf } from './panel/restore';
import type { SimulationRestore } from './panel/restore';
import { settingsHints } from './settings';
import { runInSlices } from './dumps/slices';
import { tell } from './tell';

export class Simulations {
  private readonly panels: Panels;
  private readonly project: Project;
  private readonly log: Log;

  constructor(panels: Panels, project: Project, log: Log) {
    this.panels = panels;
    this.project = project;
    this.log = log;
  }

  /** @param target a URI, or its text as command links carry it; `choose` to pick a file; without one, the active editor's document */
  async simulate(target: unknown): Promise<void> {
    const input = target === CHOOSE ? await pickInput() : await inputOf(target);
    if (input === undefined && target === CHOOSE) return;
    if (input === undefined) tell(messages.noInput());
    else if ('problem' in input) tell(input.problem);
    else await this.simulateInput(input);
  }

  /** The boot of a panel with another allocator, in a panel of its own. @param allocator asked for when it is none */
  async simulateWith(allocator: unknown): Promise<void> {
    const { current } = this.panels;
    const { subject } = current?.host.view ?? {};
    if (current?.source === undefined || subject?.kind !== 'simulation') {
      tell(messages.noSimulation());
      return;
    }
    const { input } = subject.simulation;
    const named = typeof allocator === 'string' && isAllocatorId(allocator);
    const chosen = named ? allocator : await askAllocator(input.release, 'Simulate with another allocator');
    if (chosen === undefined) return;
    const { map, workload, release, arch, config } = input;
    const uri = vscode.Uri.parse(current.source);
    await this.run(
      { uri, name: subject.title },
      { map, workload },
      { release, arch, config, allocator: chosen },
      undefined,
      true,
    );
  }

  /** Shows in the heap view how every allocator fares on the same boot; simulates the editor's input when there is no view yet. */
  async compare(): Promise<void> {
    if (this.panels.current === undefined) await this.simulate(undefined);
    const { current } = this.panels;
    const { subject } = current?.host.view ?? {};
    if (current === undefined || subject?.kind !== 'simulation') {
      tell(messages.noSimulation());
      return;
    }
    const words = (done: number): string => `${done.toLocaleString('en')} operations`;
    const rows = await runInSlices(
      'Comparing allocators',
      comparing(subject.simulation.input, callsDone(subject.simulation), measured),
      words,
    );
    if (rows === undefined) return;
    current.reveal();
    current.host.compareWith(rows);
  }

  /** After a reload: the same input with the same choices, at the same step. False when its input is gone. */
  async restore({ input: text, choices, whatIf }: SimulationRestore, panel: vscode.WebviewPanel): Promise<boolean> {
    const input = await inputOf(text);
    if (input === undefined || 'problem' in input) return false;
    const reading = await readInput(input.name, input.bytes, await this.project.around(input.uri));
    return await this.run(input, reading, choices, panel, whatIf);
  }

  private async simulateInput(input: Input): Promise<void> {
    const context = await this.project.around(input.uri);
    const reading = await readInput(input.name, input.bytes, context);
    if (reading.map.descriptors.length === 0 && reading.map.firmware === undefined) {
      tell(messages.noRegions(input.name, reading.map.problems));
      return;
    }
    const sources = [{ from: 'the input', hints: reading.map.hints }, ...context.around, settingsHints(input.uri)];
    const choices = await completeChoices(known(sources), reading.map);
    if (choices === undefined) return;
    const { unknown } = toRegions(reading.map);
    if (unknown.length > 0) tell(messages.unknownValues(input.name, unknown));
    await this.run(input, reading, choices);
  }

  /** False when nothing is shown: it cannot be simulated, or the user cancelled. */
  private async run(
    input: Pick<Input, 'uri' | 'name'>,
    { map, workload }: Pick<SimulationInput, 'map' | 'workload'>,
    choices: Choices,
    into?: vscode.WebviewPanel,
    whatIf = false,
  ): Promise<boolean> {
    const reason = cannotSimulate(choices);
    if (reason !== undefined) {
      tell(messages.cannotSimulate(reason));
      return false;
    }
    const run = Simulation.run({ map, workload, ...choices });
    const operations = (done: number): string => `${done.toLocaleString('en')} operations`;
    const simulation = await runInSlices(`Simulating ${input.name}`, run, operations);
    if (simulation === undefined) return false;
    const allocator = allocatorFor(choices.allocator)!;
    const subject: Subject = {
      kind: 'simulation',
      title: whatIf ? `${input.name} (what if: ${choices.allocator})` : input.name,
      source: SOURCE_NAMES[map.kind],
      release: choices.release,
      arch: choices.arch,
      inspect: (reader, snapshot, address) => allocator.inspect(reader, snapshot, address),
      simulation,
    };
    const uri = input.uri.toString();
    this.panels.show(subject, whatIf ? uri + WHAT_IF + choices.allocator : uri, restoreOf(uri, choices, whatIf), into);
    this.log.info(
      `Simulated ${input.name}: ${choices.release}, ${choices.arch}, ${choices.allocator}, ${simulation.operationCount} operations: ${simulation.outcome.message}`,
    );
    return true;
  }
}
