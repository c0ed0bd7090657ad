/**
 * Words of SQL by the part they play, one letter a part; `judge-sql.ts` reads texts of these letters.
 * Words that are also ordinary English play a part only where their neighbours allow it; see `tokenize-sql.ts`.
 */

const parts: Readonly<Record<string, string>> = {
  U: 'union intersect except minus',
  S: 'select',
  A: 'all distinct distinctrow top',
  '&': 'and or xor && || having',
  N: 'not',
  '=': 'like rlike regexp ilike between in is glob soundex sounds similar div mod escape match binary collate isnull notnull',
  n: 'null true false default system_user session_user current_user current_date current_timestamp',
  F: 'from',
  W: 'where',
  k: 'into values set as on join case when then else end using table limit offset order group by procedure begin dual exists returning if',
  D: 'insert update delete drop alter create truncate exec execute declare merge replace shutdown grant revoke call waitfor load backup restore rename do handler copy attach use kill',
};

/** Letter of each word that has a part. */
export const wordParts: ReadonlyMap<string, string> = new Map(
  Object.entries(parts).flatMap(([part, words]) => words.split(' ').map((word) => [word, part] as const)),
);

/** What has to follow for a statement word to start a statement. */
const statementObjects: Readonly<Record<string, string>> = {
  insert: 'into ignore overwrite',
  delete: 'from',
  drop: 'table database user function procedure view index schema column trigger login temporary',
  alter: 'table database user session system login index view',
  create: 'table database user function procedure view index schema trigger login or temporary materialized alias',
  truncate: 'table',
  waitfor: 'delay time',
  load: 'data xml_file',
  merge: 'into',
  replace: 'into',
  backup: 'database log',
  restore: 'database',
  rename: 'table',
  attach: 'database',
  grant: 'all select insert dba execute usage',
  exec: 'master xp_cmdshell sp_password sp_makewebtask immediate',
  execute: 'master immediate',
  shutdown: 'with abort immediate',
};

/** True for `drop table`, false for `drop ship`. */
export function startsStatement(word: string, next: string): boolean {
  const objects = statementObjects[word];
  if (objects?.split(' ').includes(next) === true) return true;
  return (word === 'exec' || word === 'execute' || word === 'call') && /^(?:xp_|sp_|dbms_|master\.|sys\.|regexp_)/.test(next);
}

/** Functions nobody writes with a bracket in ordinary text. */
export const sqlFunctions: ReadonlySet<string> = new Set(
  (
    'sleep benchmark pg_sleep extractvalue updatexml load_file ascii substring substr concat concat_ws group_concat char chr ord hex unhex ' +
    'mid elt make_set convert cast version database schema user system_user session_user current_user row_count randomblob like regexp_substring repeat crypt_key ' +
    'receive_message get_host_address get_host_name sn upper lower length char_length bit_length count min max sum avg rand floor exp pow power ' +
    'if ifnull nullif coalesce iif decode encode md5 sha1 sha aes_decrypt aes_encrypt xmltype xmlagg xmlelement json_keys json_search json_array json_valid json_extract json_depth ' +
    'find_in_set field instr locate position strcmp reverse replace trim ltrim rtrim left right quote lpad rpad format compress uncompress ' +
    'nvl to_char to_number to_date rownum rowid raise_error last_insert_id found_rows db_name db_id object_id col_name host_name serverproperty ' +
    'is_srvrolemember has_dbaccess openrowset openquery opendatasource xp_cmdshell xp_dirtree sp_executesql lo_import lo_export current_setting ' +
    'generate_series dblink pg_read_file pg_ls_dir query_to_xml array_to_string string_agg array_agg sqlite_version likelihood likely unlikely unicode ' +
    'sysdate now curdate curtime utc_date utc_time utc_timestamp dayname monthname get_lock release_lock is_used_lock name_const ' +
    'geometrycollection multipoint polygon multipolygon linestring multilinestring procedure analyse export_set interval bin oct conv insert asin abs adddate subdate addtime subtime atan2 bit_and bit_or bit_xor charset coercibility collation crc32 degrees radians ' +
    'des_encrypt des_decrypt encrypt hour minute microsecond inet_aton inet_ntoa last_day ln log2 log10 makedate maketime master_pos_wait weekday weekofyear yearweek ' +
    'old_password period_add period_diff pi quarter sec_to_time time_to_sec sha2 stddev stddev_pop stddev_samp str_to_date timediff timestampadd timestampdiff to_days ' +
    'from_days to_base64 from_base64 unix_timestamp from_unixtime uuid uuid_short variance var_pop var_samp sys_context regexp_like regexp_replace regexp_instr initcap lcase ucase atan cos sin tan cot acos asin sqrt sign round ceil ceiling truncate'
  ).split(' '),
);

/** True for functions that are no ordinary words either with a bracket or without: one alone is an attack. */
export function isTelling(name: string): boolean {
  return telling.has(name) || /^(?:xp|utl|dbms|sqlite)_/.test(name);
}

const telling = new Set(
  (
    'sleep benchmark pg_sleep extractvalue updatexml load_file group_concat concat_ws randomblob regexp_substring unhex make_set xmltype json_keys find_in_set row_count ' +
    'last_insert_id lo_import lo_export generate_series pg_read_file pg_ls_dir openrowset opendatasource current_user system_user session_user db_name aes_decrypt name_const ' +
    'export_set get_lock uncompress strcmp'
  ).split(' '),
);

/** Functions that tell about the server or take text apart; two of them in one value are no coincidence. */
export const askingFunctions: ReadonlySet<string> = new Set(
  'version database user schema concat hex char convert cast ascii substring substr mid ord md5 count floor rand if length'.split(' '),
);
