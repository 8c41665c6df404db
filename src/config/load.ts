import { dirname, resolve } from 'node:path';
import type { Principal } from '../domain/policy.js';
import { readBastions } from './bastions.js';
import type { Config, PersonConfig, TargetConfig } from './config.js';
import { quote, wrongName } from './fields.js';
import { hashConfig } from './hash.js';
import { expandPattern } from './include.js';
import { readLimits } from './limits.js';
import { Parts } from './parts.js';
import { groupMembers, wrongGroupName, wrongUserId } from './principals.js';
import { ConfigError, type Problem } from './problem.js';
import type { Surroundings } from './read-roles.js';
import { readSource } from './read-source.js';
import { readTarget } from './read-target.js';
import {
  fileKeys,
  includedFileKeys,
  includePatterns,
  personKeys,
  schemasFor,
  slackKeys,
  wrongTargetKey,
} from './schema.js';
import type { Source } from './source.js';
import type { Variables } from './text.js';

const COMMAND = '/request';

/**
 * Reads the configuration file and those that it includes.
 * @param variables what `${NAME}` is replaced by: the environment.
 * @throws ConfigError with everything that is wrong in them.
 */
export function loadConfig(path: string, variables: Variables): Config {
  const parts = new Parts();
  const main = readSource(path, variables, parts.problems);
  const sources = main === null ? [] : [main, ...readIncluded(parts, main, variables)];
  const config = main === null ? null : readConfig(parts, main, sources, variables);
  if (config === null || parts.problems.length > 0) {
    throw new ConfigError(inOrder(parts.problems, sources));
  }
  return { ...config, hash: hashConfig(config) };
}

/** The files that `include:` means, each once, in alphabetical order. */
function readIncluded(parts: Parts, main: Source, variables: Variables): Source[] {
  if (!main.has(['include'])) return [];
  const patterns = parts.read(main, ['include'], includePatterns) ?? [];
  const files = new Set<string>();
  for (const [i, pattern] of patterns.entries()) {
    // A pattern may well match the main file too.
    const found = expandPattern(dirname(main.file), pattern.text).filter(
      (file) => resolve(file) !== resolve(main.file),
    );
    if (found.length === 0) {
      parts.problems.push(main.problem(['include', i], `${quote(pattern)} matches no file`));
    }
    for (const file of found) files.add(file);
  }
  return [...files].sort().flatMap((file) => {
    const source = readSource(file, variables, parts.problems);
    if (source === null) return [];
    parts.read(source, [], includedFileKeys);
    return [source];
  });
}

function readConfig(
  parts: Parts,
  main: Source,
  sources: readonly Source[],
  variables: Variables,
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
    bastions: readBastions(parts, main, variables),
  });
  const operators = main.has(['operators']) ? parts.read(main, ['operators'], schemas.principals) : [];
  const limits = readLimits(parts, main);
  const defaults = parts.read(main, ['defaults'], schemas.defaults);
  const policies = parts.entries(main, ['policies'], schemas.policy, wrongName);

  const around: Surroundings = {
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
  const targets = readTargets(parts, around, sources);
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
  around: Surroundings,
  sources: readonly Source[],
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
      const target = readTarget(parts, around, source, key);
      if (target !== null) targets.set(key, target);
    }
  }
  return targets;
}

/** By file, the main one first, then by place. */
function inOrder(problems: readonly Problem[], sources: readonly Source[]): Problem[] {
  const files = sources.map((source) => source.file);
  return problems.toSorted(
    (a, b) =>
      files.indexOf(a.file) - files.indexOf(b.file) ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0),
  );
}
