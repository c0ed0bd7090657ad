/**
 * Lets through exactly one SELECT over `events` and `dead_letters`. It judges the syntax tree that DuckDB itself made of
 * the text (`json_serialize_sql`, which knows SELECT only), never the text.
 *
 * Second line of defence, for what this misses: the whole instance is locked down (`database.ts`), and the statement is
 * prepared and must be a SELECT by DuckDB's own word (`user-queries.ts`).
 */
import { SluiceError } from '@sluice/errors';

const readableTables = new Set(['events', 'dead_letters']);
const tableFunctions = new Set(['unnest', 'range', 'generate_series', 'json_each', 'json_tree']);

/** Functions with side effects, a look at settings or the catalog, or DuckDB's own inner workings. */
const refusedFunctions = new Set([
  'current_connection_id',
  'current_query',
  'current_setting',
  'currval',
  'get_block_size',
  'getenv',
  'getvariable',
  'in_search_path',
  'json_execute_serialized_sql',
  'json_serialize_plan',
  'json_serialize_sql',
  'nextval',
  'parse_duckdb_log_message',
  'query',
  'query_table',
  'setseed',
  'sleep_ms',
  'stats',
  'write_log',
  'col_description',
  'obj_description',
  'shobj_description',
]);
/**
 * Functions that make much of little within one call, where neither the time nor the memory limit reaches them: a text of
 * gigabytes, a list of millions, a table of distances. `range` and `generate_series` are welcome as tables.
 */
const unboundedFunctions = new Set([
  'array_resize',
  'bar',
  'damerau_levenshtein',
  'editdist3',
  'format',
  'generate_series',
  'jaro_similarity',
  'jaro_winkler_similarity',
  'levenshtein',
  'list_resize',
  'printf',
  'range',
]);
/** As above, but fine up to a length written in the query: the second argument. */
const paddingFunctions = new Set(['lpad', 'repeat', 'rpad']);
const longestPadding = 10_000;

const refusedPrefixes = ['pg_', 'has_', 'duckdb_', 'pragma_', '__internal_', 'inet_', 'icu_', 'read_', 'parquet_', 'st_'];

/** Table references that hold others or nothing. Any other kind (SHOW_REF, COLUMN_DATA, ...) is refused. */
const plainReferences = new Set(['BASE_TABLE', 'TABLE_FUNCTION', 'SUBQUERY', 'JOIN', 'EXPRESSION_LIST', 'EMPTY', 'EMPTY_FROM', 'PIVOT']);
const referenceKeys = new Set(['from_table', 'left', 'right', 'source']);

type Node = Readonly<Record<string, unknown>>;
type Names = ReadonlySet<string>;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);

function refuse(what: string): never {
  throw new SluiceError('QUERY_REJECTED', `A query may not use ${what}.`, {
    hint: 'Only one SELECT over the tables events and dead_letters is allowed.',
  });
}

/** A tree of this much text is small; a larger one could be deep enough to hurt. Characters. */
const longestQuery = 100_000;

/** Throws QUERY_REJECTED for a text too long to be looked at. */
export function assertShort(sql: string): void {
  if (sql.length > longestQuery) refuse(`more than ${longestQuery} characters`);
}

/**
 * Throws unless the tree is that of one harmless SELECT.
 *
 * Shape: `serialized` is the answer of DuckDB's `json_serialize_sql`.
 * Errors: QUERY_REJECTED; QUERY_FAILED when the text is no SQL at all.
 */
export function assertHarmless(serialized: string): void {
  const answer = JSON.parse(serialized) as Node;
  if (answer['error'] === true) {
    const message = typeof answer['error_message'] === 'string' ? answer['error_message'] : 'not understood';
    if (answer['error_type'] === 'parser') throw new SluiceError('QUERY_FAILED', `Parser Error: ${message}`);
    refuse('anything but SELECT');
  }
  const { statements } = answer;
  if (!Array.isArray(statements) || statements.length !== 1) refuse('more or less than one statement');
  visit(statements[0], new Set());
}

function visit(value: unknown, names: Names): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, names);
    return;
  }
  if (!isNode(value)) return;
  const scope = isNode(value['cte_map']) ? visitCtes(value['cte_map'], names) : names;
  checkNode(value, scope);
  const isRecursive = value['type'] === 'RECURSIVE_CTE_NODE' && typeof value['cte_name'] === 'string';
  const inner = isRecursive ? withName(scope, String(value['cte_name'])) : scope;
  for (const [key, child] of Object.entries(value)) {
    if (key === 'cte_map') continue;
    if (key === 'function' && value['type'] === 'TABLE_FUNCTION' && isNode(child)) {
      visit(child['children'], inner);
      continue;
    }
    if (referenceKeys.has(key)) checkReference(child);
    visit(child, inner);
  }
}

/** A common table expression sees those before it, not itself: `WITH sqlite_master AS (FROM sqlite_master)` means the real one. */
function visitCtes(map: Node, names: Names): Names {
  let scope = names;
  const entries = Array.isArray(map['map']) ? map['map'] : refuse('this form of WITH');
  for (const entry of entries) {
    if (!isNode(entry) || typeof entry['key'] !== 'string') refuse('this form of WITH');
    visit(entry['value'], scope);
    scope = withName(scope, entry['key']);
  }
  return scope;
}

const withName = (names: Names, name: string): Names => new Set([...names, name.toLowerCase()]);

/** What stands where a table may stand; set operations and query nodes hold nodes under the same keys. */
function checkReference(child: unknown): void {
  if (!isNode(child) || 'class' in child) return;
  const type = String(child['type']);
  if (!plainReferences.has(type) && !type.endsWith('_NODE')) refuse(`${type.toLowerCase().replaceAll('_', ' ')} as a table`);
}

function checkNode(node: Node, names: Names): void {
  if (node['type'] === 'BASE_TABLE') checkTable(node, names);
  if (node['type'] === 'SHOW_REF') refuse('DESCRIBE, SHOW or SUMMARIZE');
  if (node['type'] === 'TABLE_FUNCTION') checkTableFunction(node['function']);
  if (typeof node['function_name'] === 'string') checkFunction(node['function_name'], node['children']);
  if (node['class'] === 'PARAMETER') refuse('parameters');
}

function checkTable(node: Node, names: Names): void {
  const name = textOf(node['table_name']);
  const schema = textOf(node['schema_name']);
  const isOurs = readableTables.has(name) && (schema === '' || schema === 'main');
  const isExpression = schema === '' && names.has(name);
  if (textOf(node['catalog_name']) !== '' || !(isOurs || isExpression)) refuse(`the table ${JSON.stringify(node['table_name'])}`);
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value.toLowerCase() : '');

function checkTableFunction(call: unknown): void {
  const name = isNode(call) ? textOf(call['function_name']) : '';
  if (!tableFunctions.has(name)) refuse(`the table function ${JSON.stringify(name)}`);
}

function checkFunction(written: string, args: unknown): void {
  const name = written.toLowerCase();
  if (refusedFunctions.has(name) || refusedPrefixes.some((prefix) => name.startsWith(prefix))) refuse(`the function ${JSON.stringify(name)}`);
  if (unboundedFunctions.has(name)) refuse(`the function ${JSON.stringify(name)}`);
  if (paddingFunctions.has(name) && !(constantNumber(args, 1) <= longestPadding)) {
    refuse(`${name} to a length over ${longestPadding}, or one that is not written out`);
  }
}

/** The number written as an argument; NaN for anything else. */
function constantNumber(args: unknown, at: number): number {
  const argument: unknown = Array.isArray(args) ? args[at] : null;
  const value = isNode(argument) && argument['class'] === 'CONSTANT' ? argument['value'] : null;
  return isNode(value) && typeof value['value'] === 'number' ? value['value'] : Number.NaN;
}
