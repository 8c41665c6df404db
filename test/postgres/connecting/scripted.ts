import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A listener that is no Postgres, for answers that none here gives; it lasts as long as the test. */
export async function listen(onConnection: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    const closed = once(server, 'close');
    server.close();
    await closed;
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the listener has no port');
  return address.port;
}

/**
 * Asks each client for its password in clear, hands it out, and refuses the login with this message, in which
 * `PASSWORD` stands for that password (PostgreSQL documentation, "Message Formats").
 */
export function refuseLogin(code: string, message: string, passwords: string[] = []): Promise<number> {
  return listen((socket) => {
    socket.once('data', () => {
      socket.write(packet('R', Buffer.from([0, 0, 0, 3])));
      socket.once('data', (answer) => {
        const password = answer.toString('utf8', 5, answer.length - 1);
        passwords.push(password);
        const said = message.replace('PASSWORD', () => password);
        const fields = `SFATAL\0VFATAL\0C${code}\0M${said}\0\0`;
        socket.end(packet('E', Buffer.from(fields)));
      });
    });
  });
}

function packet(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}
