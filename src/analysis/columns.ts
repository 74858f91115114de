import type { TSchema } from 'typebox';
import type { Catalog } from '../data/catalog/model.ts';
import type { WireType } from '../data/warehouse/port.ts';
import { camelCase, snakeCase } from '../lib/names.ts';
import type { Analysis } from './define.ts';
import { descriptionOf, unitOf, unwrapNull, wireTypeOf } from './fields.ts';

/** One field of an answer: its name in JSON (`attributes.tier` for an extra attribute), its SQL name, type and unit. */
export type Field = {
  readonly field: string;
  readonly column: string;
  readonly type: WireType;
  readonly description: string;
  readonly unit: string | undefined;
  readonly isNullable: boolean;
};

/** The fields of an analysis' rows under a catalog: those of `row`, with `attributes` spread into one field each. */
export function fieldsOf(analysis: Analysis, catalog: Catalog): readonly Field[] {
  return Object.entries(analysis.row.properties as Record<string, TSchema>).flatMap(([name, schema]) => {
    if (name === 'attributes' && analysis.attributesOf !== undefined)
      return fieldsOfTable(catalog, analysis.attributesOf).filter(({ field }) => field.startsWith('attributes.'));
    return [
      {
        field: name,
        column: snakeCase(name),
        type: wireTypeOf(schema),
        description: descriptionOf(schema),
        unit: unitOf(schema),
        isNullable: unwrapNull(schema).isNullable,
      },
    ];
  });
}

/** The columns of a table as fields, extra attributes as `attributes.<name>`; none of a table that the catalog does not have. */
export function fieldsOfTable(catalog: Catalog, table: string): readonly Field[] {
  const columns = catalog.tables.get(table)?.columns ?? [];
  return columns.map(({ name, isAttribute, type, description, unit }) => ({
    field: isAttribute ? `attributes.${name.replace(/^attribute_/, '')}` : camelCase(name),
    column: name,
    type,
    description,
    unit,
    isNullable: true,
  }));
}
