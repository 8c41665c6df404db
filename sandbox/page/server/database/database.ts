/** The database beside Slack: a console for each login, and what the servers and the ledger say. */
import { EventEmitter } from 'node:events';
import { z } from 'zod';
import { SHOP } from '../../../postgres/samples.js';
import { Impossible } from '../../../slack/impossible.js';
import type { Stage } from '../../../stage/stage.js';
import { VAULT, vaultUrl } from '../../../stage/vault.js';
import type { ConsolePlace, Truth } from '../../api-database.js';
import type { Feed } from '../feed.js';
import { type Part, pageVerb } from '../part.js';
import { Consoles, type RanEvent } from './consoles.js';
import { readTables } from './tables.js';
import { readAlarms, readAudit, readGrants } from './truth/ledger.js';
import { readMemberships } from './truth/memberships.js';
import { watch } from './truth/watched.js';
import { startWatcher } from './truth/watcher.js';

/** How long sessions stay open when no page is: it may be loaded again. Milliseconds. */
const LEFT_MS = 5_000;

export interface DatabasePart extends Part {
  /** Tells what ran in the consoles. @returns what ends that */
  onRan(hear: (event: RanEvent) => void): () => void;
}

export function databasePart(stage: Stage, feed: Feed): DatabasePart {
  const heard = new EventEmitter<{ ran: [RanEvent] }>();
  const consoles = new Consoles({
    urlOf: (place) => urlOf(stage, place),
    onChange: (sessions) => feed.tell('consoles', sessions),
    onRan: (event) => heard.emit('ran', event),
  });
  const shop = watch('Shop', stage.server.url);
  const vault = watch('Vault', (stage.vault ?? stage.server).url);
  const ledger = watch('The ledger', stage.ledgerUrl);

  const look = async (): Promise<Truth> => {
    const [onShop, onVault, grants, alarms, audit] = await Promise.all([
      shop.ask(readMemberships),
      vault.ask(readMemberships),
      ledger.ask(readGrants),
      ledger.ask(readAlarms),
      ledger.ask(readAudit),
    ]);
    return { memberships: { shop: onShop, vault: onVault }, grants, alarms, audit };
  };
  const watcher = startWatcher({
    look,
    tell: (truth) => feed.tell('truth', truth),
    isRead: () => feed.readers > 0,
  });
  const hurry = () => watcher.hurry();
  stage.slack.on('change', hurry);
  const ends = endWhenLeft(feed, () => consoles.closeAll());

  return {
    verbs: {
      ...consoles.verbs,
      'console-tables': pageVerb(z.strictObject({ on: z.enum(['shop', 'vault']) }), ({ on }) =>
        (on === 'shop'
          ? readTables(stage.server, SHOP)
          : readTables(stage.vault ?? stage.server, VAULT)
        ).catch(() => {
          throw new Impossible('This server does not answer now.');
        }),
      ),
    },
    onRan: (hear) => {
      heard.on('ran', hear);
      return () => heard.off('ran', hear);
    },
    close: async () => {
      clearInterval(ends);
      stage.slack.off('change', hurry);
      await watcher.close();
      await Promise.allSettled([consoles.closeAll(), shop.close(), vault.close(), ledger.close()]);
    },
  };
}

/** Only Ana has a login on the vault. */
function urlOf(stage: Stage, { login, on }: ConsolePlace): string | null {
  const { people } = stage.samples;
  const person = Object.values(people).find(({ user }) => user === login);
  if (person === undefined) return null;
  if (on === 'shop') return person.url;
  return stage.vault !== null && person === people.ana ? vaultUrl(stage.vault, person) : null;
}

function endWhenLeft(feed: Feed, end: () => Promise<void>): NodeJS.Timeout {
  let since: number | null = null;
  return setInterval(() => {
    if (feed.readers > 0) since = null;
    else since ??= performance.now();
    if (since === null || performance.now() - since < LEFT_MS) return;
    since = Number.POSITIVE_INFINITY;
    // A server that is gone has ended them itself.
    end().catch(() => undefined);
  }, 1_000);
}
