import { unknownObject } from '../errors.ts';
import { readObjectName } from './objects.ts';
import { keyOf } from './names.ts';
import type { Scope, Source } from './source.ts';
import type { Stage } from './statement.ts';

/** `@name/path`, bare or in quotes: the full name of the stage and the path in it. */
export function stageOf(text: string, { schema, database }: Scope): { name: string; path: string } {
  const [, name, path] = /^@([^/]+)\/?(.*)$/.exec(text) ?? [];
  if (name === undefined) throw unknownObject(text, 'Stage');
  const parts = name.split('.').map((part) => part.replace(/^"|"$/g, ''));
  const [last, mid = schema, first = database] = parts.toReversed();
  const isPlain = name === '~' || name.startsWith('%');
  return {
    name: isPlain
      ? name
      : keyOf({ database: first.toUpperCase(), schema: mid.toUpperCase(), name: last!.toUpperCase() }),
    path: path!,
  };
}

export function readStageReference(source: Source): { name: string; path: string } {
  const text = source.peek().kind === 'text' ? source.textLiteral() : source.raw(/@[^\s();,]+/y);
  return stageOf(text, source.scope);
}

/** CREATE STAGE and DROP STAGE; file formats of a stage are of no use here, so they are refused in all but the driver's own. */
export function readStage(source: Source, action: 'create' | 'drop'): Stage {
  source.accept('IF', 'NOT', 'EXISTS');
  source.accept('IF', 'EXISTS');
  const name = readObjectName(source);
  const hasOptions = source.peek().kind !== 'end' && !source.isSymbol(';');
  if (hasOptions && name.name !== 'SYSTEM$BIND') return source.refuse('options of a stage');
  if (hasOptions) while (source.peek().kind !== 'end') source.next();
  return { kind: 'stage', name: keyOf(name), action, path: '' };
}
