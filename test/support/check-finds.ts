/** What `hallpass check --json` finds, as programs read it. */
import type { Stage } from '../../sandbox/stage/stage.js';
import { runHallpass } from './commands.js';

interface Finding {
  readonly about: string;
  readonly level: string;
  readonly says: string;
  readonly nextStep: string | null;
}

interface Found {
  readonly code: number | null;
  /** `level about: says`, and what to do on the next line; what is right is left out. */
  readonly troubles: readonly string[];
  readonly all: readonly string[];
}

/** Runs the command, and answers what it found in every part of its document. */
export async function checkFinds(
  stage: Stage,
  changes: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
): Promise<Found> {
  const { code, said } = await runHallpass(stage, ['check', '--json', ...args], changes);
  const document: Record<string, unknown> = JSON.parse(said);
  const findings = findingsIn(document);
  if (document.ok !== (code === 0)) throw new Error(`exit ${code}, and ok: ${document.ok}`);
  const lines = (some: readonly Finding[]) =>
    some.map(({ level, about, says, nextStep }) => `${level} ${about}: ${says}\n${nextStep ?? ''}`);
  return { code, all: lines(findings), troubles: lines(findings.filter(({ level }) => level !== 'ok')) };
}

function findingsIn(value: unknown): readonly Finding[] {
  if (typeof value !== 'object' || value === null) return [];
  if (isFinding(value)) return [value];
  return Object.values(value).flatMap(findingsIn);
}

function isFinding(value: object): value is Finding {
  return 'level' in value && 'about' in value && 'says' in value && 'nextStep' in value;
}
