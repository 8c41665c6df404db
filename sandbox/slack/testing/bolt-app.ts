/** The client under test: the real Bolt. */
import { Server } from 'node:http';
import { App, HTTPReceiver, LogLevel, SocketModeReceiver } from '@slack/bolt';
import type { Slack } from '../index.js';

export interface Running {
  stop(): Promise<void>;
}

/** Starts an app on the real Bolt, connected by Socket Mode or by signed HTTP. */
export async function startApp(
  slack: Slack,
  transport: 'socket' | 'http',
  listen: (app: App) => void,
): Promise<Running> {
  const clientOptions = () => ({ slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } });
  const receiver =
    transport === 'socket'
      ? new SocketModeReceiver({
          appToken: slack.appToken,
          logLevel: LogLevel.ERROR,
          installerOptions: { clientOptions: clientOptions() },
        })
      : new HTTPReceiver({ signingSecret: slack.signingSecret, logLevel: LogLevel.ERROR });
  const app = new App({
    token: slack.botToken,
    receiver,
    clientOptions: clientOptions(),
    deferInitialization: true,
    convoStore: false,
    logLevel: LogLevel.ERROR,
  });
  listen(app);
  await app.init();
  const server = await app.start(0);
  const address = server instanceof Server ? server.address() : null;
  if (typeof address === 'object' && address !== null) {
    slack.deliverByHttp(`http://127.0.0.1:${address.port}/slack/events`);
  }
  return {
    stop: async () => {
      if (receiver instanceof SocketModeReceiver) await receiver.client.disconnect();
      else await app.stop();
    },
  };
}
