/** The whole demo: the stage with all its servers, Hallpass on it, and the page before it. */
import { Backstage } from '../../stage/backstage.js';
import { startStoryStage } from '../../tour/setting.js';
import { databasePart } from './database/database.js';
import { encorePart } from './encore/encore.js';
import { faultsPart } from './faults/faults.js';
import { Feed } from './feed.js';
import { guidePart } from './guide/guide.js';
import { startPage } from './page.js';
import { workspacePart } from './workspace.js';

export interface OpenStageOptions {
  /** `dist/cli.js` */
  readonly cli: string;
  /** The folder of the built page. */
  readonly files: string;
  /** The page's; a free one by default. */
  readonly port?: number;
}

export interface OpenStage {
  readonly backstage: Backstage;
  /** Of the page, with its token. */
  readonly address: string;
  close(): Promise<void>;
}

export async function openStage({ cli, files, port }: OpenStageOptions): Promise<OpenStage> {
  const stage = await startStoryStage({ cli, ledgerApart: true });
  try {
    const backstage = new Backstage(stage);
    const [printed] = await Promise.all([stage.run('manifest'), backstage.start()]);
    const feed = new Feed();
    const database = databasePart(stage, feed);
    const guide = guidePart(backstage, feed);
    database.onRan(guide.ran);
    const parts = [
      workspacePart(stage.slack, feed, printed),
      database,
      faultsPart(backstage, feed),
      guide,
      encorePart(cli, feed),
    ];
    const page = await startPage({
      slack: stage.slack,
      feed,
      parts,
      files,
      ...(port === undefined ? {} : { port }),
    });
    return {
      backstage,
      address: page.address,
      close: async () => {
        await page.close();
        await stage.close();
      },
    };
  } catch (error) {
    await stage.close();
    throw error;
  }
}
