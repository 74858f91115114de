/** Functions whose answer depends on the engine, the day or chance. */
const UNSTEADY =
  /\b(hash|random|rand|randstr|uniform|uuid|uuid_string|gen_random_uuid|now|today|getdate|sysdate|systimestamp|localtimestamp|current_localtimestamp|approx_\w+)\s*\(|\bcurrent_(date|time|timestamp)\b/;

/** What a statement must not say; undefined when nothing is wrong. That its order is total is asked of rows: orderOf. */
export function objection(statement: string): string | undefined {
  const sql = withoutTexts(statement).toLowerCase();
  if (/\bselect\s+(\w+\.)?\*/.test(sql)) return 'select * takes columns that nobody asked for';
  for (const [, order] of sql.matchAll(/\border by\b([^()]*(?:\([^()]*\)[^()]*)*)/g)) {
    const keys = order!.split(/\blimit\b/)[0]!.split(/,(?![^(]*\))/);
    if (!keys.every((key) => /nulls last\s*;?\s*(range between unbounded preceding and current row)?$/.test(key)))
      return 'order by without nulls last';
  }
  for (const { index } of sql.matchAll(/\//g))
    if (!isDouble(sql.slice(0, index).trimEnd())) return 'a quotient that is not made in double';
  if (/\bavg\((?!\s*cast\((?:[^()]|\([^()]*\))* as double\)\s*\))/.test(sql))
    return 'a mean that is not made in double';
  if (/\b(median|percentile_cont|percentile_disc|stddev\w*|var_\w+|variance|corr|regr_\w+)\((?!\s*cast\()/.test(sql))
    return 'a measure that is not made in double';
  if (/\bover\s*\(\s*\)/.test(sql)) return 'over () races in DuckDB 1.5.5 and takes the whole database down';
  const unsteady = UNSTEADY.exec(sql);
  if (unsteady !== null) return `${unsteady[0]} is another at every call or on every engine`;
  for (const [, called, over] of sql.matchAll(/(\w+\s*\([^()]*\))?\s*\bover\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\)/g))
    if (
      /order by/.test(over!) &&
      !/\b"?\w*id"?\s+(asc |desc )?nulls last[^,]*$/.test(over!) &&
      !isAlikeForEquals(called, over!)
    )
      return 'a window whose order does not end in an id';
  return undefined;
}

/** Whether a text ends in `cast(... as double)`. */
function isDouble(text: string): boolean {
  if (!text.endsWith(' as double)')) return false;
  let depth = 1;
  let at = text.length - 1;
  while (depth > 0 && at > 0) {
    at -= 1;
    depth += Number(text[at] === ')') - Number(text[at] === '(');
  }
  return text.slice(0, at).endsWith('cast');
}

/** What is the same for all rows of one place in the order, whichever of them comes first. */
function isAlikeForEquals(called = '', over: string): boolean {
  if (/^(rank|dense_rank|percent_rank|cume_dist)\s*\(\)$/.test(called)) return true;
  return /^(sum|count|min|max)\b/.test(called) && over.endsWith('range between unbounded preceding and current row');
}

const withoutTexts = (statement: string) => statement.replaceAll(/^--.*$/gm, '').replaceAll(/'(?:[^']|'')*'/g, "''");

/**
 * The order of a whole statement: its keys, and the statement without order and limit, so that rows can be asked whether
 * the keys are unique. Undefined for a statement without.
 */
export function orderOf(statement: string): { readonly rows: string; readonly keys: readonly string[] } | undefined {
  const at = statement.lastIndexOf('\norder by ');
  if (at < 0 || depthAt(statement, at) !== 0) return undefined;
  const order = statement.slice(at + '\norder by '.length).split(/\nlimit\b/)[0]!;
  const keys = splitList(order).map((key) => key.replace(/( asc| desc)? nulls last;?\s*$/, ''));
  return { rows: statement.slice(0, at), keys };
}

function depthAt(text: string, end: number): number {
  const before = withoutTexts(text.slice(0, end));
  return before.split('(').length - before.split(')').length;
}

function splitList(list: string): string[] {
  const parts = [''];
  for (const piece of list.split(',')) {
    const last = parts.length - 1;
    if (parts[last] !== '' && depthAt(parts[last]!, parts[last]!.length) > 0) parts[last] += `,${piece}`;
    else if (parts[last] === '') parts[last] = piece;
    else parts.push(piece);
  }
  return parts.map((part) => part.trim());
}
