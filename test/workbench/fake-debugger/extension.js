// A debugger whose program is a file: it stands still and gives out the bytes of a memory image. For tests only.
//
// In the launch configuration: `image` is the file, `memory: false` refuses to read memory, `stops: false` never stops, `symbols` maps
// expressions to what is answered. `continue` writes 8 bytes at `writes`, says that it runs and, a moment later, that it has stopped.
const vscode = require('vscode');
const { readFileSync } = require('node:fs');
const { gunzipSync } = require('node:zlib');

/** Bytes that one request gives at most, as some debug servers have it. */
const MOST = 16 * 1024;

class FakeAdapter {
  constructor(configuration) {
    this.configuration = configuration;
    this.emitter = new vscode.EventEmitter();
    this.onDidSendMessage = this.emitter.event;
    this.sequence = 0;
    this.stopped = false;
    const packed = readFileSync(configuration.image);
    this.image = packed[0] === 0x1f ? gunzipSync(packed) : packed;
  }

  handleMessage(message) {
    if (message.type !== 'request') return;
    try {
      this.reply(message, this.answer(message.command, message.arguments ?? {}));
    } catch (error) {
      this.send({ type: 'response', request_seq: message.seq, command: message.command, success: false, message: error.message });
    }
    this.after(message.command);
  }

  answer(command, args) {
    switch (command) {
      case 'initialize':
        return { supportsConfigurationDoneRequest: true, supportsReadMemoryRequest: this.configuration.memory !== false };
      case 'threads':
        return { threads: [{ id: 1, name: 'main' }] };
      case 'stackTrace':
        if (!this.stopped) throw new Error('the target is running');
        return { stackFrames: [{ id: 1000, name: 'main', line: 1, column: 1 }], totalFrames: 1 };
      case 'scopes':
        return { scopes: [] };
      case 'evaluate':
        return this.evaluate(args);
      case 'readMemory':
        return this.readMemory(args);
      default:
        return {};
    }
  }

  /** As one adapter does: without a frame it refuses, and an unknown name is no failure but a text. */
  evaluate({ expression, frameId }) {
    if (frameId === undefined) throw new Error('no frame');
    const result = this.configuration.symbols?.[expression] ?? 'Error: could not evaluate expression';
    return { result, variablesReference: 0 };
  }

  /** What is not in the image fails; what reaches past its end comes short. */
  readMemory({ memoryReference, offset = 0, count }) {
    if (this.configuration.memory === false) throw new Error('readMemory is not supported');
    if (!this.stopped) throw new Error('the target is running');
    const at = Number(BigInt(memoryReference)) + offset;
    if (at >= this.image.length) throw new Error(`Unable to read memory. (@ 0x${at.toString(16)})`);
    if (count > MOST) throw new Error('too much at once');
    const bytes = this.image.subarray(at, at + count);
    return { address: `0x${at.toString(16)}`, data: Buffer.from(bytes).toString('base64') };
  }

  after(command) {
    if (command === 'initialize') this.event('initialized');
    if (command === 'configurationDone' && this.configuration.stops !== false) this.stop();
    if (command === 'continue') {
      const { writes } = this.configuration;
      if (writes) this.image.writeBigUInt64LE(BigInt(writes.value), Number(BigInt(writes.at)));
      this.stopped = false;
      this.event('continued', { threadId: 1, allThreadsContinued: true });
      setTimeout(() => this.stop(), this.configuration.pause ?? 1000);
    }
    if (command === 'disconnect') this.event('terminated');
  }

  stop() {
    this.stopped = true;
    this.event('stopped', { reason: 'breakpoint', threadId: 1, allThreadsStopped: true });
  }

  reply(request, body) {
    this.send({ type: 'response', request_seq: request.seq, command: request.command, success: true, body });
  }

  event(event, body = {}) {
    this.send({ type: 'event', event, body });
  }

  send(message) {
    this.emitter.fire({ seq: ++this.sequence, ...message });
  }

  dispose() {
    this.emitter.dispose();
  }
}

exports.activate = (context) => {
  const factory = {
    createDebugAdapterDescriptor: (session) =>
      new vscode.DebugAdapterInlineImplementation(new FakeAdapter(session.configuration)),
  };
  context.subscriptions.push(
    vscode.debug.registerDebugAdapterDescriptorFactory('fake', factory),
    vscode.debug.registerDebugConfigurationProvider('fake', { resolveDebugConfiguration: (_folder, config) => config }),
  );
};
