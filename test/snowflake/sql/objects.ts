import { addressOf, keyOf, type ObjectName, quoteName } from './names.ts';
import type { Scope, Source } from './source.ts';

const PART = /^(?:([A-Za-z_][A-Za-z0-9_$]*)|"((?:[^"]|"")+)")(?:\.|$)/;

/** The full name that a text means in a session (`"my table"`, `schema.table`); undefined when it is no name. */
export function objectNameOf(text: string, scope: Scope): ObjectName | undefined {
  const parts: string[] = [];
  let rest = text;
  while (rest !== '') {
    const found = PART.exec(rest);
    if (found === null) return undefined;
    parts.push(found[1]?.toUpperCase() ?? found[2]!.replaceAll('""', '"'));
    rest = rest.slice(found[0].length);
  }
  return qualified(parts, scope);
}

export function qualified(parts: readonly string[], scope: Scope): ObjectName | undefined {
  const [name, schema = scope.schema, database = scope.database, ...more] = parts.toReversed();
  return name === undefined || more.length > 0 ? undefined : { database, schema, name };
}

/** Reads a name of up to three parts. */
export function readObjectName(source: Source): ObjectName {
  const token = source.peek();
  const parts = [source.name()];
  while (source.acceptSymbol('.')) parts.push(source.name());
  return qualified(parts, source.scope) ?? source.fail(token);
}

/** DuckDB's address of a table; a temporary one lies in its own place. */
export function tableAddress(name: ObjectName, scope: Scope): string {
  return scope.temporary?.has(keyOf(name)) === true ? `temp.main.${quoteName(name.name)}` : addressOf(name);
}
