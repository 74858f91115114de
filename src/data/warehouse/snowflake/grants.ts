/**
 * What the role has to be granted, read from Snowflake's words and from what the statement is. Snowflake does not tell
 * an object that is not there from one that the role may not see, so neither do we.
 */
export function missingGrant(message: string, text: string, role: string): string {
  const [kind, name] = objectOf(message);
  const to = `TO ROLE ${role}`;
  if (/does not exist/i.test(message)) {
    return `${kind} ${name} does not exist, or role ${role} may not see it. Where it exists: ${seeing(kind, name)} ${to}.`;
  }
  return `Role ${role} lacks a privilege on ${kind.toLowerCase()} ${name}: GRANT ${privilegesOf(text, kind)} ON ${kind.toUpperCase()} ${name} ${to}.`;
}

/** `Table 'DEMO.PUBLIC.T' does not …` or `… to operate on schema 'PUBLIC'`; identifiers may hold quotes of their own. */
function objectOf(message: string): readonly [kind: string, name: string] {
  const found = /\b(table|view|schema|database|stage|warehouse|object)\s+'([^']+)'/i.exec(message);
  return found === null ? ['Object', 'of the statement'] : [found[1]!, found[2]!];
}

function seeing(kind: string, name: string): string {
  if (/schema|database|warehouse/i.test(kind)) return `GRANT USAGE ON ${kind.toUpperCase()} ${name}`;
  if (/stage/i.test(kind)) return `GRANT READ, WRITE ON STAGE ${name}`;
  return `GRANT SELECT ON ${/view/i.test(kind) ? 'VIEW' : 'TABLE'} ${name}`;
}

const VERBS: Readonly<Record<string, string>> = {
  insert: 'INSERT',
  update: 'UPDATE',
  delete: 'DELETE',
  merge: 'INSERT, UPDATE',
  copy: 'INSERT',
  truncate: 'TRUNCATE',
  drop: 'OWNERSHIP',
  alter: 'OWNERSHIP',
};

function privilegesOf(text: string, kind: string): string {
  if (/database|warehouse/i.test(kind)) return 'USAGE';
  const [verb = '', object = ''] = /\w+(?:\s+or\s+replace)?(?:\s+(?:transient|temporary))*\s+(\w+)/i
    .exec(text.trim().toLowerCase())
    ?.map((part, i) => (i === 0 ? part.split(/\s/)[0]! : part)) ?? ['', ''];
  if (/schema/i.test(kind)) return verb === 'create' ? `CREATE ${object.toUpperCase()}` : 'USAGE';
  return VERBS[verb] ?? 'SELECT';
}
