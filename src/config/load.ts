import { dirname, resolve } from 'node:path';
import type { Principal } from '../domain/policy/policy.js';
import { hashConfig } from './changes/hash.js';
import type { Config, PersonConfig, TargetConfig } from './config.js';
import { groupMembers, wrongGroupName, wrongUserId } from './policy/principals.js';
import { readLimits } from './policy/read-limits.js';
import {
  fileKeys,
  includedFileKeys,
  includePatterns,
  personKeys,
  schemasFor,
  slackKeys,
  wrongTargetKey,
} from './schema.js';
import { readBastions } from './servers/read-bastions.js';
import type { RoleScope } from './servers/read-roles.js';
import { readTarget } from './servers/read-target.js';
import { expandPattern } from './yaml/expand-pattern.js';
import { quote, wrongName } from './yaml/fields.js';
import { Parts } from './yaml/parts.js';
import { ConfigError, type Problem } from './yaml/problem.js';
import { readSource } from './yaml/read-source.js';
import type { Path, Source } from './yaml/source.js';
import type { Variables } from './yaml/text.js';

const COMMAND = '/request';

/** Not read where no target is reached. */
const isConnection: (path: Path) => boolean = ([top, , key]) =>
  top === 'bastions' || (top === 'targets' && ['url', 'connect', 'replicas'].includes(String(key)));

/**
 * Reads the configuration file and those that it includes.
 * @param options without `connections` it needs no secret, and leads to no server.
 * @throws ConfigError with everything that is wrong in them.
 */
export function loadConfig(
  path: string,
  variables: Variables,
  { connections = true }: { readonly connections?: boolean } = {},
): Config {
  const parts = new Parts();
  const read: Read = (file) =>
    readSource(file, variables, parts.problems, connections ? () => false : isConnection);
  const main = read(path);
  const sources = main === null ? [] : [main, ...readIncluded(parts, main, read)];
  const config = main === null ? null : readConfig(parts, main, sources, connections ? variables : null);
  if (config === null || parts.problems.length > 0) {
    throw new ConfigError(inOrder(parts.problems, sources));
  }
  return { ...config, hash: hashConfig(config) };
}

type Read = (file: string) => Source | null;

/** The files that `include:` matches, each once, in alphabetical order. */
function readIncluded(parts: Parts, main: Source, read: Read): Source[] {
  if (!main.has(['include'])) return [];
  const patterns = parts.read(main, ['include'], includePatterns) ?? [];
  const files = new Set<string>();
  for (const [i, pattern] of patterns.entries()) {
    // A pattern may match the main file too.
    const found = expandPattern(dirname(main.file), pattern.text).filter(
      (file) => resolve(file) !== resolve(main.file),
    );
    if (found.length === 0) {
      parts.problems.push(main.problem(['include', i], `${quote(pattern)} matches no file`));
    }
    for (const file of found) files.add(file);
  }
  return [...files].sort().flatMap((file) => {
    const source = read(file);
    if (source === null) return [];
    parts.read(source, [], includedFileKeys);
    return [source];
  });
}

/** @param variables null: connections are not read. */
function readConfig(
  parts: Parts,
  main: Source,
  sources: readonly Source[],
  variables: Variables | null,
): Omit<Config, 'hash'> | null {
  parts.read(main, [], fileKeys);
  const slack = parts.read(main, ['slack'], slackKeys);
  const groups = parts.entries(main, ['groups'], groupMembers, wrongGroupName);
  const people = parts.entries(main, ['people'], personKeys, wrongUserId);
  const schemas = schemasFor({
    groups: new Map(
      [...groups].map(([name, ids]) => [name, (ids ?? []).map((id): Principal => ({ id, name }))]),
    ),
    policies: main.keys(['policies']),
    bastions: variables === null ? new Map() : readBastions(parts, main, variables),
  });
  const operators = main.has(['operators']) ? parts.read(main, ['operators'], schemas.principals) : [];
  const limits = readLimits(parts, main);
  const defaults = parts.read(main, ['defaults'], schemas.defaults);
  const policies = parts.entries(main, ['policies'], schemas.policy, wrongName);

  const around: RoleScope = {
    schemas,
    defaults: defaults && { settings: defaults, source: main, path: ['defaults'] },
    policies: new Map(
      [...policies].map(([name, settings]) => [
        name,
        settings && { settings, source: main, path: ['policies', name] },
      ]),
    ),
    home: { value: slack?.channel ?? '', layer: { settings: slack, source: main, path: ['slack'] } },
  };
  const targets = readTargets(parts, around, sources, variables !== null);
  if (slack === null || operators === null || limits === null) return null;
  return {
    slack: {
      command: slack.command ?? COMMAND,
      channel: slack.channel,
      operatorsChannel: slack.operators_channel,
    },
    operators,
    limits,
    people: new Map(
      [...people].map(([id, person]): [string, PersonConfig] => [
        id,
        { login: person?.login ?? null, pagerduty: person?.pagerduty ?? null },
      ]),
    ),
    targets,
  };
}

function readTargets(
  parts: Parts,
  around: RoleScope,
  sources: readonly Source[],
  connections: boolean,
): Map<string, TargetConfig> {
  const targets = new Map<string, TargetConfig>();
  const places = new Map<string, string>();
  for (const source of sources) {
    for (const key of parts.keys(source, ['targets'])) {
      const path = ['targets', key];
      const first = places.get(key);
      const wrong =
        first === undefined ? wrongTargetKey(key) : `is the same target as in ${first}; write it once`;
      if (wrong !== null) {
        parts.problems.push(source.problem(path, wrong, 'key'));
        continue;
      }
      places.set(key, `${source.file}:${source.at(path, 'key').line}`);
      const target = readTarget(parts, around, source, key, connections);
      if (target !== null) targets.set(key, target);
    }
  }
  return targets;
}

/** By file, the main one first, then by place. A problem that many roles share is listed once. */
function inOrder(problems: readonly Problem[], sources: readonly Source[]): Problem[] {
  const files = sources.map((source) => source.file);
  const once = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
  return [...once.values()].toSorted(
    (a, b) =>
      files.indexOf(a.file) - files.indexOf(b.file) ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0),
  );
}
