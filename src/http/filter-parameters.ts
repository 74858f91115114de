import { FILTER_PARAMS } from '../analysis/population.ts';

const BRACKETS = new RegExp(`^(${FILTER_PARAMS.join('|')})\\[([^[\\]]+)\\](?:\\[([^[\\]]+)\\])?$`);

/**
 * The query with `customer[region]=North` and `customer[registrationDate][gte]=2025-01-01` as members of one `customer`;
 * everything else as it is.
 */
export function gatherFilters(query: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const gathered: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(query)) {
    const [, param, field, operator = 'eq'] = BRACKETS.exec(name) ?? [];
    if (param === undefined || field === undefined) {
      gathered[name] = value;
      continue;
    }
    // No prototype: a field may have any name.
    const filters = (gathered[param] ??= Object.create(null)) as Record<string, Record<string, unknown>>;
    const operators = (filters[field] ??= Object.create(null) as Record<string, unknown>);
    operators[operator] = value;
  }
  return gathered;
}
