/** PUT, which is no SQL: the driver carries the file itself. `stage` is `@name/path`. */
export type Put = {
  readonly kind: 'put';
  readonly file: string;
  readonly stage: string;
  readonly options: ReadonlyMap<string, string>;
};

const PUT =
  /^\s*put\s+(?:'file:\/\/((?:[^'\\]|\\.)+)'|file:\/\/([^\s']+))\s*(?:'(@[^']+)'|(@\S+?))((?:\s+\w+\s*=\s*\w+)*)\s*;?\s*$/i;

/** https://docs.snowflake.com/en/sql-reference/sql/put; undefined when the text is something else. */
export function readPut(text: string): Put | undefined {
  const found = PUT.exec(text);
  if (found === null) return undefined;
  const [, quoted, bare, quotedStage, bareStage, options] = found;
  const pairs = [...options!.matchAll(/(\w+)\s*=\s*(\w+)/g)].map(
    ([, name, value]) => [name!.toUpperCase(), value!.toLowerCase()] as const,
  );
  return {
    kind: 'put',
    file: quoted?.replace(/\\(.)/g, '$1') ?? bare!,
    stage: quotedStage ?? bareStage!,
    options: new Map(pairs),
  };
}
