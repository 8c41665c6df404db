import { HallpassError } from '../../errors.js';

/** Something wrong in a configuration file. Never holds a secret: values are shown as written. */
export interface Problem {
  readonly file: string;
  /** From 1; null when the file could not be read at all. */
  readonly line: number | null;
  readonly column: number | null;
  /** The path of keys, like `targets.shop-prod.roles.orders_read.max`; empty for the file as a whole. */
  readonly key: string;
  /** What is wrong, and what would be right. */
  readonly message: string;
}

/** The configuration can't be used; lists everything that is wrong, in the order of the files. */
export class ConfigError extends HallpassError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'), {
      passing: false,
      nextStep: 'Correct the configuration, try it with `hallpass check`, and start again.',
    });
    this.problems = problems;
  }
}

/** `hallpass.yaml:12:7 targets.shop-prod.roles.x.max: "1x" is not a duration; write it like 30m, 1h, 2d` */
function formatProblem(problem: Problem): string {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== null).join(':');
  return problem.key === '' ? `${place} ${problem.message}` : `${place} ${problem.key}: ${problem.message}`;
}
