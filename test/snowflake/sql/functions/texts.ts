import { allAlike, type Functions, named, spelled } from './known.ts';

export const TEXTS: Functions = {
  ...allAlike(
    'upper',
    'lower',
    'trim',
    'ltrim',
    'rtrim',
    'length',
    'left',
    'right',
    'replace',
    'lpad',
    'rpad',
    'split_part',
  ),
  ...allAlike('contains', 'md5', 'reverse', 'repeat', 'chr', 'ascii', 'translate'),
  SUBSTR: named('substr', 'substr', [2, 3]),
  SUBSTRING: named('substr', 'substr', [2, 3]),
  LEN: named('length', 'length', [1, 1]),
  // Null with any null, where DuckDB's concat leaves nulls out.
  CONCAT: { page: 'concat', emit: (args) => `(${args.map((one) => `sf_to_varchar(${one})`).join(' || ')})` },
  CONCAT_WS: {
    page: 'concat_ws',
    args: [2, 99],
    emit: ([delimiter, ...args]) => `(${args.map((one) => `sf_to_varchar(${one})`).join(` || ${delimiter} || `)})`,
  },
  STARTSWITH: named('startswith', 'starts_with', [2, 2]),
  ENDSWITH: named('endswith', 'ends_with', [2, 2]),
  POSITION: spelled('position', [2, 2], (part, text) => `strpos(${text}, ${part})`),
  CHARINDEX: spelled('charindex', [2, 2], (part, text) => `strpos(${text}, ${part})`),
  SHA2: {
    page: 'sha2',
    args: [1, 2],
    emit: ([text, bits = '256'], { source }) =>
      bits === '256' ? `sha256(${text})` : source.refuse('SHA2 of other than 256 bits'),
  },
  REGEXP_LIKE: named('regexp_like', 'regexp_full_match', [2, 2]),
  REGEXP_REPLACE: spelled(
    'regexp_replace',
    [2, 3],
    (text, pattern, to = "''") => `regexp_replace(${text}, ${pattern}, ${to}, 'g')`,
  ),
  REGEXP_SUBSTR: spelled('regexp_substr', [2, 2], (text, pattern) => `nullif(regexp_extract(${text}, ${pattern}), '')`),
  REGEXP_COUNT: spelled('regexp_count', [2, 2], (text, pattern) => `len(regexp_extract_all(${text}, ${pattern}))`),
  REGEXP_INSTR: spelled(
    'regexp_instr',
    [2, 2],
    (text, pattern) =>
      `case when regexp_matches(${text}, ${pattern}) then strpos(${text}, regexp_extract(${text}, ${pattern})) else 0 end`,
  ),
};
