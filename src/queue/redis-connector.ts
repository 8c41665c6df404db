/**
 * How ioredis (6.0.0) makes its streams. It listens for one error of each, but a TLS stream told to end during its handshake
 * may have two, and an error without a listener ends the process: an expired certificate would take Hallpass with it. Here
 * each stream keeps a listener.
 */
import { connect as connectTcp, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { AbstractConnector, SentinelConnector } from 'ioredis';

interface At {
  readonly host: string;
  readonly port: number;
}

/** How long a stream may take to end. */
const END_MS = 2_000;

/** To this one host. */
export function connectorTo(at: At, tls: ConnectionOptions | null) {
  return class extends AbstractConnector {
    constructor() {
      super(END_MS);
    }

    async connect(): Promise<Socket> {
      this.connecting = true;
      const stream = tls === null ? connectTcp(at) : connectTls({ ...at, ...tls });
      stream.on('error', (error) => {
        // ioredis reads it when the stream closed before it looked.
        this.firstError ??= error;
      });
      this.stream = stream;
      return stream;
    }
  };
}

/** To the master that the Sentinels name. */
export class MasterConnector extends SentinelConnector {
  /** @param options as ioredis hands them to any connector. */
  constructor(options: unknown) {
    super(options as ConstructorParameters<typeof SentinelConnector>[0]);
  }

  override async connect(...args: Parameters<SentinelConnector['connect']>) {
    const stream = await super.connect(...args);
    stream.on('error', () => undefined);
    return stream;
  }
}
