/** What a session's DuckDB connection knows beside DuckDB: semantics of Snowflake that are no plain function there. */
const MACROS: Readonly<Record<string, string>> = {
  // Values of a VARIANT without quotes, whole doubles without a point, timestamps with three decimals.
  sf_to_varchar: `(x) as case typeof(x) when 'JSON' then to_json(x) ->> '$'
    when 'DOUBLE' then regexp_replace(cast(x as varchar), '\\.0$', '')
    when 'TIMESTAMP' then strftime(try_cast(cast(x as varchar) as timestamp), '%Y-%m-%d %H:%M:%S.%g') else cast(x as varchar) end`,
  sf_div: `(a, b) as case when b = 0 then error('Division by zero') else a / b end`,
  sf_mod: `(a, b) as case when b = 0 then error('Division by zero') else a % b end`,
  sf_dateadd: `
    (part, n, d date) as cast(case when date_trunc(part, timestamp '2000-01-01 01:01:01.001001') > timestamp '2000-01-01'
      then error('DATEADD of ' || part || ' to a DATE') else d + cast(n as bigint) * cast('1 ' || part as interval) end as date),
    (part, n, d timestamp) as d + cast(n as bigint) * cast('1 ' || part as interval)`,
  sf_datediff: `(part, a, b) as case when part = 'week'
    then date_diff('day', date_trunc('week', cast(a as timestamp)), date_trunc('week', cast(b as timestamp))) // 7
    else date_diff(part, cast(a as timestamp), cast(b as timestamp)) end`,
  sf_date_trunc: '(part, d date) as cast(date_trunc(part, d) as date), (part, d timestamp) as date_trunc(part, d)',
  sf_add_months: `(d, n) as cast(case when cast(d as date) = last_day(d) then last_day(d + to_months(cast(n as integer)))
    else d + to_months(cast(n as integer)) end as date)`,
  sf_to_timestamp: `(x) as case when try_cast(cast(x as varchar) as bigint) is null then cast(cast(x as varchar) as timestamp)
    else make_timestamp(try_cast(cast(x as varchar) as bigint) * 1000000) end`,
  sf_width_bucket: `(x, low, high, n) as case when x < low then 0 when x >= high then n + 1
    else cast(floor((x - low) * n / (high - low)) as bigint) + 1 end`,
  sf_without_nulls: `(object) as json_merge_patch('{}'::json, object)`,
  sf_session: '(name) as getvariable(name)',
  sf_last_change: `(key) as (select coalesce(max(c.changed_at), error('Table with name ' || key || ' does not exist'))
    from stand_in.main.changes c where c.name = key)`,
  sf_shown: `(name) as regexp_replace(name, '§[0-9a-f]+$', '')`,
  sf_type: `(t) as case when t = 'HUGEINT' or t like 'DECIMAL%' or t like '%INT%' then 'NUMBER' when t = 'VARCHAR' then 'TEXT'
    when t = 'DOUBLE' then 'FLOAT' when t = 'JSON' then 'VARIANT' when t = 'TIMESTAMP' then 'TIMESTAMP_NTZ'
    when t = 'TIMESTAMP WITH TIME ZONE' then 'TIMESTAMP_LTZ' when t = 'BLOB' then 'BINARY' else t end`,
  sf_information_schema_tables: `(db) as table
    select sf_shown(o.database_name) as "TABLE_CATALOG", sf_shown(o.schema_name) as "TABLE_SCHEMA", sf_shown(o.name) as "TABLE_NAME",
      o.kind as "TABLE_TYPE", o.size as "ROW_COUNT", 'NO' as "IS_TRANSIENT", o.comment as "COMMENT"
    from (select database_name, schema_name, table_name as name, 'BASE TABLE' as kind, estimated_size as size, comment
        from duckdb_tables() where not internal
      union all
      select database_name, schema_name, view_name, 'VIEW', null, comment from duckdb_views() where not internal) o
    where sf_shown(o.database_name) = db and o.schema_name <> 'main'`,
  sf_information_schema_columns: `(db) as table
    select sf_shown(c.database_name) as "TABLE_CATALOG", sf_shown(c.schema_name) as "TABLE_SCHEMA", sf_shown(c.table_name) as "TABLE_NAME",
      sf_shown(c.column_name) as "COLUMN_NAME", c.column_index as "ORDINAL_POSITION",
      case when c.is_nullable then 'YES' else 'NO' end as "IS_NULLABLE", sf_type(c.data_type) as "DATA_TYPE",
      case when c.data_type = 'VARCHAR' then 16777216 end as "CHARACTER_MAXIMUM_LENGTH",
      case when c.data_type = 'HUGEINT' then 38 when sf_type(c.data_type) = 'NUMBER' then c.numeric_precision end as "NUMERIC_PRECISION",
      case when sf_type(c.data_type) = 'NUMBER' then c.numeric_scale end as "NUMERIC_SCALE",
      case when sf_type(c.data_type) like 'TIMESTAMP%' then 9 end as "DATETIME_PRECISION", c.column_default as "COLUMN_DEFAULT", c.comment as "COMMENT"
    from duckdb_columns() c where not c.internal and sf_shown(c.database_name) = db and c.schema_name <> 'main'`,
  sf_information_schema_schemata: `(db) as table
    select sf_shown(database_name) as "CATALOG_NAME", sf_shown(schema_name) as "SCHEMA_NAME", 'STAND_IN' as "SCHEMA_OWNER"
    from duckdb_schemas() where not internal and schema_name <> 'main' and sf_shown(database_name) = db`,
};

/** The statements that make them on one connection. */
export const PRELUDE: readonly string[] = Object.entries(MACROS).map(
  ([name, definition]) => `create or replace temp macro ${name}${definition}`,
);
