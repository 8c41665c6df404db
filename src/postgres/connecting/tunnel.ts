/**
 * The way through a bastion: one SSH connection for each connection to a target, which lives and ends with it. It
 * carries Postgres's own protocol with its own TLS, so the bastion can't read it.
 */

import { createHash } from 'node:crypto';
import { Duplex } from 'node:stream';
import type { Client, ClientChannel, ConnectConfig } from 'ssh2';
import type { Bastion } from '../../config/config.js';
import { coerceError } from '../../errors.js';
import { inTime } from '../../in-time.js';
import type { TargetError } from '../errors.js';
import { readConfigured } from './files.js';
import { bastionError, type Destination, forwardError, hostKeyError, lateError } from './tunnel-errors.js';

/** Notices within half a minute that a bastion is gone, milliseconds. */
const KEEPALIVE = { keepaliveInterval: 10_000, keepaliveCountMax: 2 };

/**
 * @param timeoutMs for all of it: reaching the bastion, logging in, and opening the way.
 * @returns a connected stream, which `pg` uses instead of a socket.
 * @throws TargetError
 */
export async function openTunnel(bastion: Bastion, to: Destination, timeoutMs: number): Promise<Duplex> {
  const login = await loginOf(bastion);
  // Large, and few targets need it. A CommonJS module whose exports aren't all named.
  const { default: ssh2 } = await import('ssh2');
  const ssh = new ssh2.Client();
  let isReady = false;
  const open = async () => {
    await logIn(ssh, bastion, login);
    isReady = true;
    return new TunnelStream(ssh, await forward(ssh, bastion, to));
  };
  try {
    return await inTime(timeoutMs, open(), () => {
      throw lateError(bastion, to, isReady);
    });
  } catch (error) {
    ssh.destroy();
    throw error;
  }
}

async function loginOf({ login }: Bastion): Promise<ConnectConfig> {
  switch (login.how) {
    case 'key': {
      // Not as text: ssh2 takes an empty one for none.
      const privateKey = Buffer.from(await readConfigured('SSH key', login.file));
      return login.passphrase === null ? { privateKey } : { privateKey, passphrase: login.passphrase };
    }
    case 'password':
      return { password: login.password };
    case 'agent':
      return { agent: login.socket };
  }
}

function logIn(ssh: Client, bastion: Bastion, login: ConnectConfig): Promise<void> {
  return new Promise((resolve, reject) => {
    let changed: TargetError | null = null;
    const fail = (error: Error) => reject(changed ?? bastionError(error, bastion));
    ssh.on('ready', resolve);
    // It stays after 'ready': an 'error' without a listener would end the process.
    ssh.on('error', fail);
    ssh.on('close', () => fail(new Error('Connection lost')));
    try {
      ssh.connect({
        host: bastion.host,
        port: bastion.port,
        username: bastion.user,
        ...login,
        ...KEEPALIVE,
        // The caller limits the time.
        readyTimeout: 0,
        hostVerifier: (key: Buffer) => {
          const found = fingerprint(key);
          if (found !== bastion.hostKey) changed = hostKeyError(bastion, keyType(key), found);
          return changed === null;
        },
      });
    } catch (thrown) {
      // It reads the key before it connects.
      fail(coerceError(thrown));
    }
  });
}

/** As `ssh-keygen -l` prints it. */
function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** A key begins with its type, behind the length of that (RFC 4253, section 6.6). */
function keyType(key: Buffer): string {
  return key.toString('latin1', 4, 4 + key.readUInt32BE(0));
}

function forward(ssh: Client, bastion: Bastion, to: Destination): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    ssh.forwardOut('127.0.0.1', 0, to.host, to.port, (error, channel) => {
      if (error) reject(forwardError(error, bastion, to));
      else resolve(channel);
    });
  });
}

/**
 * A destroyed channel of ssh2 waits for the other side to agree. Here a silent bastion holds nothing up: destroying
 * the stream destroys the SSH connection, too.
 */
class TunnelStream extends Duplex {
  readonly #ssh: Client;
  readonly #channel: ClientChannel;

  constructor(ssh: Client, channel: ClientChannel) {
    super();
    this.#ssh = ssh;
    this.#channel = channel;
    channel.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) channel.pause();
    });
    channel.on('end', () => this.push(null));
    channel.on('error', (error: Error) => this.#break(error));
    channel.on('close', () => this.destroy());
    ssh.on('error', (error) => this.#break(error));
    ssh.on('close', () => this.destroy());
  }

  override _read(): void {
    this.#channel.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#channel.write(chunk, encoding, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#channel.end(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#ssh.destroy();
    // A socket, too, emits its end a turn later: by then the TLS above it has said why it left.
    setImmediate(done, error);
  }

  /** With the code of a broken socket: what was under way may have been done. */
  #break(error: Error): void {
    this.destroy(
      Object.assign(new Error(`the SSH connection broke: ${error.message}`), { code: 'ECONNRESET' }),
    );
  }

  /** `pg` calls these on a socket. This one is connected already. */
  connect(): void {
    process.nextTick(() => this.emit('connect'));
  }

  setNoDelay(): void {
    this.#ssh.setNoDelay(true);
  }

  /** SSH has its own. */
  setKeepAlive(): void {}
}
