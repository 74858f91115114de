import { unknownObject } from '../../errors.ts';
import { keyOf, quoteText } from '../names.ts';
import { objectNameOf } from '../objects.ts';
import { allAlike, type Functions, type Known, named, spelled } from './known.ts';

/** A value of the session, put in by the session's macros. */
const context = (page: string, name = page): Known => spelled(page, [0, 0], () => `sf_session(${quoteText(name)})`);

/** Null as soon as one argument is null, where DuckDB leaves nulls out. */
const strict = (name: string): Known => ({
  page: name,
  args: [1, 99],
  emit: (args) =>
    `case when ${args.map((one) => `${one} is null`).join(' or ')} then null else ${name}(${args.join(', ')}) end`,
});

const toNumber = (page: string, cast: string): Known =>
  spelled(page, [1, 3], (value, precision = '38', scale = '0') =>
    precision === '38' && scale === '0'
      ? `${cast}(${value} as hugeint)`
      : `${cast}(${value} as decimal(${precision}, ${scale}))`,
  );

export const VALUES: Functions = {
  ...allAlike(
    'coalesce',
    'nullif',
    'ifnull',
    'abs',
    'ceil',
    'floor',
    'round',
    'sqrt',
    'exp',
    'ln',
    'sign',
    'pi',
    'power',
  ),
  GREATEST: strict('greatest'),
  LEAST: strict('least'),
  IFF: spelled('iff', [3, 3], (test, yes, no) => `case when ${test} then ${yes} else ${no} end`),
  NVL: named('nvl', 'coalesce', [2, 2]),
  NVL2: spelled('nvl2', [3, 3], (value, yes, no) => `case when ${value} is not null then ${yes} else ${no} end`),
  ZEROIFNULL: spelled('zeroifnull', [1, 1], (value) => `coalesce(${value}, 0)`),
  NULLIFZERO: spelled('nullifzero', [1, 1], (value) => `nullif(${value}, 0)`),
  DIV0: spelled(
    'div0',
    [2, 2],
    (a, b) => `case when ${b} = 0 then case when ${a} is not null then 0 end else ${a} / ${b} end`,
  ),
  DIV0NULL: spelled(
    'div0null',
    [2, 2],
    (a, b) => `case when coalesce(${b}, 0) = 0 then case when ${a} is not null then 0 end else ${a} / ${b} end`,
  ),
  EQUAL_NULL: spelled('equal_null', [2, 2], (a, b) => `(${a} is not distinct from ${b})`),
  SQUARE: spelled('square', [1, 1], (value) => `((${value}) * (${value}))`),
  MOD: named('mod', 'sf_mod', [2, 2]),
  LOG: spelled('log', [2, 2], (base, value) => `(ln(${value}) / ln(${base}))`),
  TRUNC: named('trunc', 'trunc', [1, 1]),
  BITAND: spelled('bitand', [2, 2], (a, b) => `((${a}) & (${b}))`),
  BITSHIFTRIGHT: spelled('bitshiftright', [2, 2], (a, b) => `(cast(${a} as hugeint) >> ${b})`),
  WIDTH_BUCKET: named('width_bucket', 'sf_width_bucket', [4, 4]),
  TO_DOUBLE: spelled('to_double', [1, 1], (value) => `cast(${value} as double)`),
  TRY_TO_DOUBLE: spelled('try_to_double', [1, 1], (value) => `try_cast(${value} as double)`),
  TO_BOOLEAN: spelled('to_boolean', [1, 1], (value) => `cast(${value} as boolean)`),
  TRY_TO_BOOLEAN: spelled('try_to_boolean', [1, 1], (value) => `try_cast(${value} as boolean)`),
  TO_NUMBER: toNumber('to_decimal', 'cast'),
  TO_DECIMAL: toNumber('to_decimal', 'cast'),
  TRY_TO_NUMBER: toNumber('try_to_decimal', 'try_cast'),
  TRY_TO_DECIMAL: toNumber('try_to_decimal', 'try_cast'),
  PARSE_JSON: spelled('parse_json', [1, 1], (text) => `cast(${text} as json)`),
  TRY_PARSE_JSON: spelled('try_parse_json', [1, 1], (text) => `try_cast(${text} as json)`),
  TO_VARIANT: spelled('to_variant', [1, 1], (value) => `to_json(${value})`),
  TO_JSON: spelled('to_json', [1, 1], (value) => `cast(to_json(${value}) as varchar)`),
  OBJECT_CONSTRUCT: { page: 'object_construct', emit: (args) => `sf_without_nulls(json_object(${args.join(', ')}))` },
  ARRAY_CONSTRUCT: { page: 'array_construct', emit: (args) => `json_array(${args.join(', ')})` },
  ARRAY_SIZE: spelled('array_size', [1, 1], (value) => `json_array_length(${value})`),
  GET: spelled('get', [2, 2], (value, key) => `json_extract(${value}, ${key})`),
  CURRENT_ROLE: context('current_role'),
  CURRENT_WAREHOUSE: context('current_warehouse'),
  CURRENT_DATABASE: context('current_database'),
  CURRENT_SCHEMA: context('current_schema'),
  CURRENT_ACCOUNT: context('current_account'),
  CURRENT_REGION: context('current_region'),
  CURRENT_SESSION: context('current_session'),
  CURRENT_VERSION: context('current_version'),
  CURRENT_USER: context('current_user'),
  SYSTEM$LAST_CHANGE_COMMIT_TIME: {
    page: 'system_last_change_commit_time',
    args: [1, 1],
    emit: ([argument], { words, source }) => {
      const word = words[0] ?? '';
      if (!argument!.startsWith("'")) source.refuse('SYSTEM$LAST_CHANGE_COMMIT_TIME of other than a literal');
      const name = objectNameOf(word, source.scope);
      if (name === undefined) throw unknownObject(word);
      return `sf_last_change(${quoteText(keyOf(name))})`;
    },
  },
};
