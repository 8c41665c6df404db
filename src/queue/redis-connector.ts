/**
 * How ioredis (6.0.0) makes its streams. It listens for one error of each; a TLS stream that is told to end during its
 * handshake may have two, and an error that nobody listens to ends the process: a certificate that expires would take
 * Hallpass with it. Here each stream is listened to for good.
 */
import { connect as connectTcp, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { AbstractConnector, SentinelConnector } from 'ioredis';

interface At {
  readonly host: string;
  readonly port: number;
}

/** How long a stream that was told to end may take, milliseconds. */
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
        // Asked for when the stream was closed before ioredis had looked.
        this.firstError ??= error;
      });
      this.stream = stream;
      return stream;
    }
  };
}

/** To the master, wherever the Sentinels say that it is. */
export class MasterConnector extends SentinelConnector {
  /** @param options ioredis's own, as it hands them to any connector. */
  constructor(options: unknown) {
    super(options as ConstructorParameters<typeof SentinelConnector>[0]);
  }

  override async connect(...args: Parameters<SentinelConnector['connect']>) {
    const stream = await super.connect(...args);
    stream.on('error', () => undefined);
    return stream;
  }
}
