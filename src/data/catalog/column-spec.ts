import { ATTRIBUTE_TYPES } from './ddl.ts';
import { CORE_TABLES } from './core-tables.ts';
import type { Target } from './column-cast.ts';
import type { AttributeEntry, CoreEntry } from './file-schema.ts';
import { freeName } from './free-name.ts';
import { attributeColumn, type CatalogColumn, type CoreTableName } from './model.ts';
import type { Path } from './problems.ts';
import type { Relation } from './relation.ts';

/** A column that a core table shall have, before it is known where its values come from and of what type they are. */
export type ColumnSpec = Pick<CatalogColumn, 'name' | 'description' | 'unit' | 'isPersonal' | 'isAttribute'> & {
  /** Where the file says where the values come from, and what it says; undefined: nothing. */
  readonly path: Path;
  readonly wanted: string | { readonly expression: string } | null | undefined;
  /** Column of the source that is taken when nothing is said. */
  readonly ownName: string;
  /** What the values must become; undefined: what they are. */
  readonly target: Target | undefined;
  /** none: may be left out; required: a key, must not; declared: somebody wrote that it is there. */
  readonly absence: 'allowed' | 'required' | 'declared';
};

/** The columns of a core table in their order, then its attributes. */
export function columnSpecs(
  table: CoreTableName,
  entry: CoreEntry | undefined,
  relation: Relation,
  hasFile: boolean,
): ColumnSpec[] {
  const core = CORE_TABLES[table].columns.map((column): ColumnSpec => {
    const wanted = entry?.columns?.[column.name];
    const isExpression = typeof wanted === 'object' && wanted !== null;
    return {
      name: column.name,
      description: column.description,
      unit: undefined,
      isPersonal: column.isPersonal === true || (entry?.personal ?? []).includes(column.name),
      isAttribute: false,
      path: ['tables', table, 'columns', column.name, ...(isExpression ? ['expression'] : [])],
      wanted,
      ownName: column.name,
      target: { type: column.type, engineType: column.engineType },
      absence: column.isRequired ? 'required' : 'allowed',
    };
  });
  const attributes = hasFile ? (entry?.attributes ?? {}) : storedAttributes(table, relation);
  return [
    ...core,
    ...Object.entries(attributes).map(([name, attribute]) => attributeSpec(table, name, attribute, relation)),
  ];
}

function attributeSpec(table: CoreTableName, name: string, attribute: AttributeEntry, relation: Relation): ColumnSpec {
  const isManaged = relation.kind === 'managed';
  const { column, expression, type = isManaged ? 'text' : undefined } = attribute;
  const key = column !== undefined ? 'column' : expression !== undefined ? 'expression' : undefined;
  return {
    name: attributeColumn(name),
    description: attribute.description ?? '',
    unit: attribute.unit,
    isPersonal: attribute.personal ?? false,
    isAttribute: true,
    path: ['tables', table, 'attributes', name, ...(key === undefined ? [] : [key])],
    wanted: expression === undefined ? column : { expression },
    ownName: name,
    target: type === undefined ? undefined : { type, engineType: ATTRIBUTE_TYPES[type] },
    absence: 'declared',
  };
}

/** Columns of a managed table that are none of ours, for the built-in catalog: each is an attribute. */
function storedAttributes(
  table: CoreTableName,
  { columns, tenantColumn }: Relation,
): Readonly<Record<string, AttributeEntry>> {
  const core = new Set(CORE_TABLES[table].columns.map((column) => column.name));
  const taken = new Set<string>();
  const extra = columns.filter(({ name }) => !core.has(name.toLowerCase()) && name !== tenantColumn);
  return Object.fromEntries(extra.map(({ name, type }) => [freeName(name, taken), { column: name, type }]));
}
