/** The audit trail, as an operator verifies it. */
import type { Verdict } from '../report.js';
import type { ChaosStage } from '../stage.js';

export async function judgeAudit(stage: ChaosStage): Promise<Verdict> {
  const breaches = await stage.run('audit', 'verify').then(
    () => [],
    (error: unknown) => [String(error)],
  );
  return { what: 'the audit chain is whole', checked: 1, breaches };
}
