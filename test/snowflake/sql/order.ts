import type { Source } from './source.ts';

export type OrderItem = { readonly text: string; readonly value: string; readonly isDescending: boolean };

/** The items of an ORDER BY. Without a word of nulls they are the greatest values, as Snowflake has it: last, or first when it falls. */
export function readOrder(source: Source): OrderItem[] {
  return source.list(() => {
    const value = source.expression();
    const isDescending = source.accept('DESC');
    if (!isDescending) source.accept('ASC');
    let nulls = isDescending ? 'first' : 'last';
    if (source.accept('NULLS', 'FIRST')) nulls = 'first';
    else if (source.accept('NULLS', 'LAST')) nulls = 'last';
    return { text: `${value} ${isDescending ? 'desc' : 'asc'} nulls ${nulls}`, value, isDescending };
  });
}
