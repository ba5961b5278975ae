// The webview's only state: the last frame, and where the user looks. Everything else is in the host.

import type { ClientEvents, HostEvents, Layout, PanelState, ViewAction } from '../src/protocol/messages';
import type { Frame } from '../src/view/frame/frame';
import { withChange } from '../src/view/frame/change';
import type { Move, Neighbour } from '../src/view/heap-view';
import { FIRST_VIEWPORT, withPin } from '../src/view/viewport';
import type { Cursor, MapViewport, Viewport } from '../src/view/viewport';
import { capture } from './capture/capture';
import { Channel } from './channel';
import { Selections } from './selections';
import { adopted, restored, without } from './viewports';
import { Walk } from './walk';

interface Api {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

export class Store {
  frame: Frame | undefined;
  /** Did one step lead to the frame from the one before? */
  stepped = false;
  viewport: Viewport = FIRST_VIEWPORT;
  layout: Layout = { sizes: {}, folded: [] };
  /** Said once to screen readers; changes with each frame that a step caused. */
  announcement = '';
  /** Answer to the last search, shown beside the box. */
  searchMessage = '';
  playing = false;
  keysShown = false;
  /** The bookmark whose name is being typed, by its address. */
  naming: string | undefined;

  private readonly api: Api;
  private readonly channel: Channel;
  private readonly listeners = new Set<() => void>();
  private readonly actions = new Set<(action: ViewAction) => void>();
  private restore: unknown;
  private restoredCursor: Cursor | undefined;
  private started = false;
  private lookAsked = false;
  private readonly walk = new Walk(async (way) => {
    const address = await this.channel.request('neighbour', { address: this.viewport.selection ?? '0x0', way });
    if (address !== null) this.select(address);
  });
  /** Is the layout one that this panel already had? */
  private arranged: boolean;
  private readonly selections: Selections;

  constructor(api: Api) {
    this.api = api;
    this.channel = new Channel(
      (message) => api.postMessage(message),
      (event) => {
        if (event.name === 'frame') this.receive(event.body);
        else if (event.name === 'explain') this.explain(event.body.id);
        else if (event.name === 'select') this.select(event.body.address);
        else if (event.name === 'compare') this.look({ against: event.body, comparing: true });
        else if (event.name === 'pinned') this.lookAt(withPin(this.viewport, event.body.pin));
        else if (event.name === 'say') this.say(event.body.text);
        else if (event.name === 'capture') void capture(event.body).then((body) => this.channel.send('captured', body));
        else for (const act of this.actions) act(event.body.action);
      },
    );
    const state = api.getState() as PanelState | undefined;
    if (state?.viewport !== undefined) this.viewport = restored(state.viewport);
    if (state?.layout !== undefined) this.layout = state.layout;
    this.arranged = state?.layout !== undefined;
    this.selections = new Selections(state?.history);
    this.restore = state?.restore;
    this.restoredCursor = state?.cursor;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  onAction(listener: (action: ViewAction) => void): () => void {
    this.actions.add(listener);
    return () => this.actions.delete(listener);
  }

  /** The panel knows its size: from now on the host sends frames. */
  start(): void {
    if (this.started) return;
    this.started = true;
    const cursor = this.restoredCursor;
    this.channel.send('ready', { viewport: this.viewport, ...(cursor !== undefined && { cursor }) });
  }

  /** Changes where the panel looks. The host hears of it once a frame of the screen, however often it changes. */
  look(change: Partial<Viewport>): void {
    this.lookAt({ ...this.viewport, ...change });
  }

  private lookAt(viewport: Viewport): void {
    this.viewport = viewport;
    this.save();
    this.changed();
    this.ask();
  }

  private ask(): void {
    if (this.lookAsked || !this.started) return;
    this.lookAsked = true;
    requestAnimationFrame(() => {
      this.lookAsked = false;
      this.channel.send('look', { viewport: this.viewport });
    });
  }

  lookAtMap(change: Partial<MapViewport>): void {
    this.look({ map: { ...this.viewport.map, ...change } });
  }

  /**
   * Scrolled, which changes nothing but what the map's canvas shows.
   *
   * @param inside is that drawn already? Else it is asked for
   */
  scrolledTo(top: number, inside: boolean): void {
    this.viewport = { ...this.viewport, map: { ...this.viewport.map, top } };
    if (!inside) this.ask();
  }

  /** Selects the block that holds an address, everywhere. */
  select(address: string | undefined, reveal = true): void {
    this.selections.go(this.viewport.selection, address);
    this.show(address, reveal);
  }

  private show(address: string | undefined, reveal: boolean): void {
    const { selection, ...rest } = this.viewport;
    if (address === undefined && selection === undefined) return;
    this.viewport = address === undefined ? rest : { ...rest, selection: address };
    if (address !== undefined && reveal) this.lookAtMap({ reveal: address });
    else this.look({});
  }

  goBack(): void {
    this.show(this.selections.goBack(this.viewport.selection) ?? this.viewport.selection, true);
  }

  goForward(): void {
    this.show(this.selections.goForward(this.viewport.selection) ?? this.viewport.selection, true);
  }

  get canGoBack(): boolean {
    return this.selections.history.back.length > 0;
  }

  get canGoForward(): boolean {
    return this.selections.history.forward.length > 0;
  }

  move(how: Move): void {
    this.follow();
    this.channel.send('move', { how });
  }

  /** @param continuing part of one movement, as of a drag */
  seek(cursor: Cursor, continuing = false): void {
    this.follow();
    this.channel.send('seek', continuing ? { cursor, continuing } : { cursor });
  }

  /** Takes something out of where the panel looks. */
  forget(...keys: readonly ('beside' | 'range' | 'pin' | 'comparing' | 'against')[]): void {
    this.lookAt(without(this.viewport, ...keys));
  }

  /** Sets the filter, in its box as well. */
  setFilter(filter: string): void {
    const input = document.getElementById('search');
    if (input instanceof HTMLInputElement) input.value = filter;
    this.searchMessage = '';
    this.look({ filter });
  }

  /** Says something that a key did, to those who see and to those who hear. */
  say(text: string): void {
    this.searchMessage = this.announcement = text;
    this.changed();
  }

  /** Lists go with the cursor again after the user has scrolled them. */
  private follow(): void {
    const { steps, log } = this.viewport;
    if (steps.follow && log.follow) return;
    this.look({ steps: { ...steps, follow: true }, log: { ...log, follow: true } });
  }

  command(id: string, argument?: string): void {
    this.channel.send('command', { id, ...(argument !== undefined && { argument }) });
  }

  /** Pins what is shown for all panels, or takes that pin away. The host does it, in the order of all that it is asked for. */
  togglePin(): void {
    this.channel.send('pin', {});
  }

  unpin(id: string): void {
    this.channel.send('unpin', { id });
  }

  dropped(drop: ClientEvents['drop']): void {
    this.channel.send('drop', drop);
  }

  copy(text: string): void {
    void this.channel.request('copy', { text });
  }

  /** Goes to the neighbour of the selection, or of the first block. */
  neighbour(way: Neighbour): Promise<void> {
    return this.walk.go(way);
  }

  async find(text: string): Promise<void> {
    const found = await this.channel.request('find', { text });
    this.searchMessage = found.message;
    if (found.address !== undefined) this.select(found.address);
    if (found.cursor !== undefined) this.seek(found.cursor);
    this.changed();
  }

  /** Goes to the place or bookmark of this name; false when there is none. It filters no longer then. */
  async findNamed(text: string): Promise<boolean> {
    const found = await this.channel.request('find', { text });
    if (found.named !== true) return false;
    this.searchMessage = found.message;
    this.look({ filter: '' });
    if (found.address !== undefined) this.select(found.address);
    if (found.cursor !== undefined) this.seek(found.cursor);
    return true;
  }

  /** Goes to the step that last wrote into the selected block. */
  async lastChange(): Promise<void> {
    const { selection } = this.viewport;
    if (selection === undefined) {
      this.say('Select a block first.');
      return;
    }
    const found = await this.channel.request('lastChange', { address: selection });
    if (found.cursor !== undefined) this.seek(found.cursor);
    this.searchMessage = found.message;
    this.changed();
  }

  arrange(change: Partial<Layout>): void {
    this.layout = { ...this.layout, ...change };
    this.channel.send('arranged', { layout: this.layout });
    this.save();
    this.changed();
  }

  toggleFolded(pane: string, folded: boolean): void {
    // Both a pane folded by hand and one opened by hand are remembered: `-name` is open although a layout folds it.
    const others = this.layout.folded.filter((p) => p !== pane && p !== '-' + pane);
    this.arrange({ folded: [...others, folded ? pane : '-' + pane] });
  }

  /** Opens a card and the pane that it stands in; without one, what was refused, or else where every byte went. */
  explain(id: string): void {
    if ((this.layout.maximised ?? '') !== '') this.arrange({ maximised: 'explain' });
    if (!this.layout.folded.includes('-explain')) this.toggleFolded('explain', false);
    const refused = this.frame?.explain?.titles.some((t) => t.refused) === true;
    this.look({ explain: id === '' && !refused ? 'ledger' : id });
  }

  setPlaying(playing: boolean): void {
    this.playing = playing;
    this.changed();
  }

  setNaming(address: string | undefined): void {
    this.naming = address;
    this.changed();
  }

  showKeys(shown: boolean): void {
    this.keysShown = shown;
    this.changed();
  }

  private receive({ frame: change, restore, layout, stepped }: HostEvents['frame']): void {
    if (layout !== undefined && !this.arranged) this.layout = layout;
    this.arranged = true;
    const frame = withChange(this.frame, change);
    const moved = this.frame !== undefined && this.frame.spoken !== frame.spoken;
    this.frame = frame;
    this.stepped = stepped === true;
    if (restore !== undefined) this.restore = restore;
    if (moved) this.announcement = frame.spoken;
    if (this.playing && frame.moment?.atEnd === true) this.playing = false;
    this.viewport = adopted(this.viewport, frame);
    this.save();
    this.changed();
    requestAnimationFrame(() => this.channel.send('painted', { sequence: frame.sequence }));
  }

  private save(): void {
    const cursor = this.frame?.moment?.cursor ?? this.restoredCursor;
    const state: PanelState = {
      restore: this.restore,
      viewport: this.viewport,
      layout: this.layout,
      history: this.selections.history,
      ...(cursor !== undefined && { cursor }),
    };
    this.api.setState(state);
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}
