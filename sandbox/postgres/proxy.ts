import { once } from 'node:events';
import { createServer, connect as dial, type Socket } from 'node:net';

interface Link {
  /** Cuts both ends at once. */
  cut(): void;
}

/** Sees what one side sent and answers what the other is to get. */
type Pass = (chunk: Buffer, link: Link) => Buffer | null;

const passOn: Pass = (chunk) => chunk;

/** A TCP proxy before a server, whose faults can be changed while it runs. */
export interface TcpProxy {
  readonly port: number;
  /** How many clients are connected. */
  readonly links: number;
  toServer: Pass;
  toClient: Pass;
  /** The server does not hear that the client is gone: its machine lost power. */
  hidesClose: boolean;
  /** Cuts every connection that there is; new ones are taken. */
  cut(): void;
  heal(): void;
  close(): Promise<void>;
}

export async function startProxy(to: { readonly host: string; readonly port: number }): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const clients = new Set<Socket>();
  const listener = createServer((client) => {
    const server = dial(to);
    clients.add(client);
    client.on('close', () => clients.delete(client));
    const link = {
      cut: () => {
        client.destroy();
        server.destroy();
      },
    };
    const join = (from: Socket, into: Socket, pass: () => Pass) => {
      sockets.add(from);
      from.on('data', (chunk) => {
        const passed = pass()(chunk, link);
        if (passed !== null) into.write(passed);
      });
      from.on('error', link.cut);
      from.on('close', () => {
        sockets.delete(from);
        if (from === server || !proxy.hidesClose) link.cut();
      });
    };
    join(client, server, () => proxy.toServer);
    join(server, client, () => proxy.toClient);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  const proxy: TcpProxy = {
    port: address.port,
    get links() {
      return clients.size;
    },
    toServer: passOn,
    toClient: passOn,
    hidesClose: false,
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
    heal: () => {
      proxy.toServer = passOn;
      proxy.toClient = passOn;
    },
    close: async () => {
      proxy.cut();
      const ended = once(listener, 'close');
      listener.close();
      await ended;
    },
  };
  return proxy;
}

/** Turns a statement into one that does nothing, of the same length, so that the message stays whole. */
export function neutralise(chunk: Buffer, verb: string): Buffer {
  const start = chunk.indexOf(verb);
  if (start < 0) return chunk;
  const end = chunk.indexOf(0, start);
  const changed = Buffer.from(chunk);
  changed.fill(' ', start, end);
  changed.write('SELECT', start);
  return changed;
}
