/*
 * What the version of a table is where others write to it too: the token of its last change, as the warehouse tells it.
 *
 *   of(tables) ─┬─ asked within the TTL, and none of them written by us since ─ text
 *               └─ one statement about all tables, shared by whoever asks within the TTL meanwhile ─ text
 */
import type { Catalog } from '../data/catalog/model.ts';
import type { ReadTokens } from './change-tokens.ts';
import type { VersionNumbers, Versions } from './versions.ts';

type Parts = {
  /** Writes of this process: a token that was asked for before one of them does not hold. */
  readonly numbers: VersionNumbers;
  readonly catalog: Pick<Catalog, 'tables'>;
  readonly readTokens: ReadTokens;
  readonly ttlSeconds: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
};

type Tokens = ReadonlyMap<string, string>;
/** One question to the warehouse: when it was asked, and after how many writes of ours to each table. */
type Check = { readonly at: number; readonly order: number; readonly writes: ReadonlyMap<string, number> };

/**
 * Versions by change tokens, held for `ttlSeconds`. A table without a token and one that is made by SQL (it may read
 * anything) have a stretch of that time instead: nothing of them is kept longer. Files are not read there. A write of ours is
 * known at once: it counts up before it is acknowledged, and a token that was asked for under a lower count is not used.
 */
export function sharedVersions({ numbers, catalog, readTokens, ttlSeconds, now }: Parts): Versions {
  const ttl = ttlSeconds * 1000;
  const kindOf = (name: string) => catalog.tables.get(name)?.source.kind;
  const stored = [...catalog.tables.keys()].filter((name) => kindOf(name) === 'table');
  const stretchAt = stretches(ttl);
  let latest: (Check & { readonly tokens: Tokens }) | undefined;
  let running: (Check & { readonly tokens: Promise<Tokens> }) | undefined;
  let checks = 0;

  /** Since when we have not written to it. A clock that was set back makes everything old. */
  const isFresh = (check: Check, time: number) => time >= check.at && time - check.at < ttl;
  const isOf = (check: Check, name: string) => kindOf(name) !== 'table' || check.writes.get(name) === numbers.of(name);

  function versionOf(name: string, tokens: Tokens, time: number): string {
    if (kindOf(name) !== 'table') return `${name}:${stretchAt(time)}.${numbers.together()}`;
    return `${name}:${tokens.get(name) ?? `${stretchAt(time)}.${numbers.of(name)}`}`;
  }

  function begin(): NonNullable<typeof running> {
    const writes = new Map(stored.map((name) => [name, numbers.of(name)]));
    const check = { at: now(), order: ++checks, writes, tokens: readTokens() };
    running = check;
    const land = () => void (running === check && (running = undefined));
    check.tokens.then((tokens) => {
      // Of two under way the later one knows more, whichever is answered first.
      if (latest === undefined || latest.order < check.order) latest = { ...check, tokens };
      land();
    }, land);
    return check;
  }

  /** Answers by a check that began within the TTL, and after the last write of ours to these tables. */
  async function ask(tables: readonly string[]): Promise<string> {
    const isEnough = running !== undefined && isFresh(running, now()) && tables.every((name) => isOf(running!, name));
    const tokens = await (isEnough ? running! : begin()).tokens;
    return textOf(tables, tokens, now());
  }

  /** The tokens of all of these as far as they hold now; undefined when one has to be asked for. */
  function held(tables: readonly string[], time: number): Tokens | undefined {
    const isHeld = (name: string) =>
      kindOf(name) !== 'table' || (latest !== undefined && isFresh(latest, time) && isOf(latest, name));
    return tables.every(isHeld) ? (latest?.tokens ?? NONE) : undefined;
  }

  const textOf = (tables: readonly string[], tokens: Tokens, time: number) =>
    tables.map((name) => versionOf(name, tokens, time)).join(',');

  return {
    of(tables) {
      const time = now();
      const tokens = held(tables, time);
      return tokens === undefined ? ask(tables) : textOf(tables, tokens, time);
    },
    now(tables) {
      const time = now();
      const tokens = held(tables, time);
      // What was built of a stretch would be built again with the next one.
      return tokens !== undefined && tables.every((name) => tokens.has(name))
        ? textOf(tables, tokens, time)
        : undefined;
    },
    numbers: (tables) => Object.fromEntries(tables.map((name) => [name, numbers.of(name)])),
    said(tables) {
      const time = now();
      return Object.fromEntries(
        tables.flatMap((name) => {
          const token = kindOf(name) === 'table' ? held([name], time)?.get(name) : undefined;
          return token === undefined ? [] : [[name, token]];
        }),
      );
    },
    raise: numbers.raise,
  };
}

const NONE: Tokens = new Map();

/** Names of stretches of time, none longer than `ttl`; each name is used once, by whatever process. */
function stretches(ttl: number): (time: number) => string {
  let start = -Infinity;
  let name = '';
  let count = 0;
  return (time) => {
    if (time < start || time - start >= ttl) {
      start = time;
      name = `~${time.toString(36)}.${(count += 1)}`;
    }
    return name;
  };
}
