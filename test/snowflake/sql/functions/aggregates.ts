import { alike, type Functions, type Known, named, spelled } from './known.ts';

const aggregate = (name: string, page = name): Known => ({ ...alike(name, page), over: true });
const aggregates = (...names: string[]): Functions =>
  Object.fromEntries(names.map((name) => [name.toUpperCase(), aggregate(name)]));

/** Functions of windows only; IGNORE NULLS stands inside the parentheses in DuckDB. */
const windows = (...names: string[]): Functions =>
  Object.fromEntries(
    names.map((name) => [
      name.toUpperCase(),
      {
        page: name,
        emit: (args, { nulls }) => `${name}(${args.join(', ')}${nulls})`,
        over: true,
        needsOver: true,
      } satisfies Known,
    ]),
  );

function percentile(page: string, name: string): Known {
  return {
    page,
    args: [1, 1],
    ordered: true,
    over: true,
    emit: ([share], { orderedBy, isDescending, source }) => {
      if (orderedBy.length !== 1) source.fail();
      return `${name}(${orderedBy[0]}, ${isDescending ? `1 - ${share}` : share})`;
    },
  };
}

export const AGGREGATES: Functions = {
  ...aggregates('count', 'sum', 'avg', 'min', 'max', 'median', 'mode', 'any_value', 'kurtosis', 'count_if'),
  ...aggregates('corr', 'covar_pop', 'covar_samp', 'var_pop', 'var_samp', 'stddev_pop', 'variance'),
  ...aggregates(
    'regr_slope',
    'regr_intercept',
    'regr_r2',
    'regr_count',
    'regr_avgx',
    'regr_avgy',
    'regr_sxx',
    'regr_syy',
    'regr_sxy',
  ),
  ...aggregates('approx_count_distinct'),
  // With the value of the row as it is, null too.
  MAX_BY: aggregate('arg_max_null', 'max_by'),
  MIN_BY: aggregate('arg_min_null', 'min_by'),
  STDDEV: aggregate('stddev'),
  STDDEV_SAMP: aggregate('stddev_samp', 'stddev'),
  SKEW: aggregate('skewness', 'skew'),
  BOOLOR_AGG: aggregate('bool_or', 'boolor_agg'),
  BOOLAND_AGG: aggregate('bool_and', 'booland_agg'),
  APPROX_PERCENTILE: aggregate('approx_quantile', 'approx_percentile'),
  HLL: aggregate('approx_count_distinct', 'hll'),
  PERCENTILE_CONT: percentile('percentile_cont', 'quantile_cont'),
  PERCENTILE_DISC: percentile('percentile_disc', 'quantile_disc'),
  LISTAGG: {
    page: 'listagg',
    args: [1, 2],
    ordered: true,
    // Of no rows it is the empty text, and null is left out.
    emit: ([value, delimiter = "''"], { distinct, order }) =>
      `coalesce(string_agg(${distinct}${value}, ${delimiter}${orderBy(order)}), '')`,
  },
  ARRAY_AGG: {
    page: 'array_agg',
    args: [1, 1],
    ordered: true,
    emit: ([value], { distinct, order }) =>
      `coalesce(to_json(list(${distinct}${value}${orderBy(order)}) filter (where ${value} is not null)), '[]'::json)`,
  },
  // A set as a list: what a bitmap holds is only counted.
  BITMAP_BIT_POSITION: spelled('bitmap_bit_position', [1, 1], (number) => `((${number} - 1) % 32768)`),
  BITMAP_CONSTRUCT_AGG: spelled(
    'bitmap_construct_agg',
    [1, 1],
    (position) => `list_distinct(list(${position}) filter (where ${position} is not null))`,
  ),
  BITMAP_COUNT: named('bitmap_count', 'len', [1, 1]),
  OBJECT_AGG: named('object_agg', 'json_group_object', [2, 2]),
  GROUPING: alike('grouping'),
  ...windows('row_number', 'rank', 'dense_rank', 'percent_rank', 'cume_dist', 'ntile', 'lag', 'lead'),
  ...windows('first_value', 'last_value', 'nth_value'),
  RATIO_TO_REPORT: {
    page: 'ratio_to_report',
    args: [1, 1],
    over: true,
    needsOver: true,
    emit: ([value]) => value!,
    lateOver: (value, over) => `(cast(${value} as double) / nullif(sum(${value})${over}, 0))`,
  },
};

const orderBy = (order: readonly string[]) => (order.length === 0 ? '' : ` order by ${order.join(', ')}`);
