import { readColumn } from './columns.ts';
import { quoteName } from './names.ts';
import { readObjectName, tableAddress } from './objects.ts';
import type { SessionCommand } from './session.ts';
import { readParameter } from './session.ts';
import type { Source } from './source.ts';
import type { Define } from './statement.ts';

const DONE = 'Statement executed successfully.';

export function readAlter(source: Source): Define | SessionCommand {
  source.expect('ALTER');
  if (source.accept('SESSION')) return readParameter(source);
  source.expect('TABLE');
  source.accept('IF', 'EXISTS');
  const target = readObjectName(source);
  const address = tableAddress(target, source.scope);
  const define = (...texts: string[]): Define => ({ kind: 'define', texts, target, says: DONE });
  if (source.accept('ADD')) {
    source.accept('COLUMN');
    const unless = source.accept('IF', 'NOT', 'EXISTS') ? ' if not exists' : '';
    return define(`alter table ${address} add column${unless} ${readColumn(source).text}`);
  }
  if (source.accept('DROP', 'COLUMN')) return define(`alter table ${address} drop column ${quoteName(source.name())}`);
  if (source.accept('RENAME', 'TO'))
    return define(`alter table ${address} rename to ${quoteName(readObjectName(source).name)}`);
  if (source.accept('SWAP', 'WITH')) {
    const other = readObjectName(source);
    const [mine, theirs] = [quoteName(target.name), quoteName(other.name)];
    return define(
      `alter table ${address} rename to "§SWAPPED"`,
      `alter table ${tableAddress(other, source.scope)} rename to ${mine}`,
      `alter table ${tableAddress({ ...target, name: '§SWAPPED' }, source.scope)} rename to ${theirs}`,
    );
  }
  return source.refuse(`ALTER TABLE ... ${source.peek().text}`);
}
