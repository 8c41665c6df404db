/** What `hallpass check` shows on a terminal. */
import { type Finding, isFailure } from '../../access/check/finding.js';
import type { TargetReport } from '../../access/check/target/target.js';
import { plural } from '../../surfaces/kit/words.js';
import { print, wrap } from '../shared/output.js';
import { table } from '../shared/table.js';

/** A table with a line for each target, and below it what was found. @param all also what is fine. */
export function printReports(reports: readonly TargetReport[], all: boolean): void {
  if (reports.length === 0) return;
  print('');
  print(table([['TARGET', 'STATE', 'POSTGRES', 'SERVER', 'TLS', 'ROLES', 'NOTES'], ...reports.map(toRow)]));
  for (const { name, findings } of reports) {
    const shown = all ? findings : findings.filter(isFailure);
    if (shown.length === 0) continue;
    print(`\n${name}`);
    printFindings(shown);
  }
}

function toRow({ name, summary, findings }: TargetReport): readonly string[] {
  const failures = findings.filter(isFailure).length;
  const notes = findings.filter(({ level }) => level === 'note').length;
  return [
    name,
    failures === 0 ? 'ok' : plural(failures, 'failure'),
    ...(summary === null
      ? ['-', '-', '-', '-']
      : [
          summary.version.split(' ', 1)[0] ?? summary.version,
          summary.position,
          summary.tls ?? 'off',
          `${summary.grantable}/${summary.roles}`,
        ]),
    notes === 0 ? '-' : `${notes} (hallpass check ${name})`,
  ];
}

/** One line for what was found, and lines below it for what fixes it; all begin in the same columns. */
export function printFindings(findings: readonly Finding[]): void {
  const width = Math.max(...findings.map(({ about }) => about.length));
  const indent = ' '.repeat('failure'.length + width + 4);
  for (const { level, about, says, nextStep } of findings) {
    const head = `${level.padEnd('failure'.length)}  ${about.padEnd(width)}  `;
    print(head + wrap(visible(says), indent));
    if (nextStep !== null) print(indent + wrap(visible(nextStep), indent));
  }
}

/** Names come from servers and from Slack: nothing in them may move, hide or color what a terminal shows. */
function visible(text: string): string {
  return text.replace(/[^\P{C}\n]/gu, '');
}
