import type { Dialect } from '../sql/dialect.ts';
import type { CoreEntry } from './file-schema.ts';
import type { CatalogColumn, ValueKind, ValueMeaning } from './model.ts';

/** What the file says about the meaning of `value`; `once` where it says nothing. */
export function valueMeaningOf(entry: CoreEntry | undefined): ValueMeaning {
  return Object.freeze({ default: entry?.value?.default ?? 'once', byType: Object.freeze({ ...entry?.value?.types }) });
}

/** What the column `value_kind` says for a relationship_type. */
export function kindOf({ byType, default: fallback }: ValueMeaning, type: string | null): ValueKind {
  return type !== null && Object.hasOwn(byType, type) ? byType[type]! : fallback;
}

/**
 * The column `value_kind` of customer_products, `once` or `monthly` by the relationship_type of the row. It is in no
 * source: statements that need the meaning of `value` name it like any column. Empty without a relationship_type.
 */
export function valueKindColumn(
  columns: readonly CatalogColumn[],
  meaning: ValueMeaning,
  dialect: Dialect,
): CatalogColumn[] {
  const type = columns.find(({ name }) => name === 'relationship_type');
  if (type === undefined) return [];
  const typeSql = type.source.kind === 'column' ? dialect.quote(type.source.column) : `(${type.source.sql})`;
  const cases = Object.entries(meaning.byType).map(([name, kind]) => ` when ${dialect.literal(name)} then '${kind}'`);
  const fallback = `cast('${meaning.default}' as VARCHAR)`;
  return [
    {
      name: 'value_kind',
      type: 'text',
      engineType: 'VARCHAR',
      description: 'What value says: once (an amount on start_date) or monthly (an amount per month while active).',
      unit: undefined,
      isPersonal: false,
      isAttribute: false,
      source: {
        kind: 'expression',
        sql: cases.length === 0 ? fallback : `case ${typeSql}${cases.join('')} else ${fallback} end`,
      },
    },
  ];
}
