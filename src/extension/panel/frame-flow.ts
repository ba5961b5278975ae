// Flow control between a panel's host and its webview: never more than one frame on its way. What changes in the meantime is
// drawn with the next frame, so a flood of steps costs as many frames as the view can paint, and the last state is always shown.

/** Sends frames one at a time. */
export class FrameFlow<F extends { readonly sequence: number }> {
  private readonly build: () => F;
  private readonly send: (frame: F) => void;
  private waitingFor: number | undefined;
  private wanted = false;
  private open = false;

  /**
   * @param build makes a frame of the state as it is then, with a new number
   * @param send posts it
   */
  constructor(build: () => F, send: (frame: F) => void) {
    this.build = build;
    this.send = send;
  }

  /** The webview runs (again): what was on its way is lost. */
  ready(): void {
    this.open = true;
    this.deliver();
  }

  /** The webview is hidden or gone: nothing is built until it is ready again. */
  close(): void {
    this.open = false;
    this.waitingFor = undefined;
  }

  /** Something that the panel shows has changed. */
  changed(): void {
    if (!this.open) return;
    if (this.waitingFor === undefined) this.deliver();
    else this.wanted = true;
  }

  /** The frame of this number is on screen. */
  painted(sequence: number): void {
    if (sequence !== this.waitingFor) return;
    this.waitingFor = undefined;
    if (this.wanted) this.deliver();
  }

  private deliver(): void {
    this.wanted = false;
    const frame = this.build();
    this.waitingFor = frame.sequence;
    this.send(frame);
  }
}
