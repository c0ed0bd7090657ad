/**
 * Keys that JSON access logs use, and the event field each one means. Lower case; nested objects by dotted name.
 *
 * Sources: common LogFormat examples, nginx variables, Elastic Common Schema, our own field names.
 */
const keysByGoal: Readonly<Record<string, readonly string[]>> = {
  time: ['timestamp', '@timestamp', 'time', 'time_local', 'time_iso8601', 'datetime', 'date', 'ts', 'msec'],
  client: ['ip_address', 'remote_addr', 'remote_ip', 'remoteip', 'remoteaddr', 'clientip', 'client_ip', 'client', 'ip', 'remote_host', 'remotehost', 'client_host', 'host_ip', 'source.ip', 'client.ip', 'source.address', 'client.address'],
  request: ['request', 'request_line', 'requestline', 'req'],
  method: ['method', 'request_method', 'requestmethod', 'http_method', 'verb', 'http.request.method'],
  path: ['path', 'uri', 'url', 'request_uri', 'requesturi', 'request_path', 'url.original', 'url.path'],
  query: ['query', 'query_string', 'querystring', 'args', 'url.query'],
  protocol: ['protocol', 'server_protocol', 'http_version', 'request_protocol', 'http.version'],
  status: ['status', 'status_code', 'statuscode', 'response_code', 'response', 'code', 'http.response.status_code'],
  bytes_sent: ['bytes_sent', 'bytes', 'size', 'body_bytes_sent', 'response_size', 'bytes_out', 'http.response.body.bytes', 'http.response.bytes'],
  request_bytes: ['request_bytes', 'request_length', 'bytes_in', 'http.request.bytes'],
  referer: ['referer', 'referrer', 'http_referer', 'http_referrer', 'http.request.referrer'],
  user_agent: ['user_agent', 'useragent', 'user-agent', 'agent', 'http_user_agent', 'user_agent.original'],
  user: ['user', 'remote_user', 'remoteuser', 'username', 'auth', 'user.name'],
  host: ['host', 'vhost', 'server_name', 'servername', 'virtual_host', 'http_host', 'url.domain'],
  port: ['port', 'server_port', 'serverport', 'url.port'],
  response_time: ['response_time_ms', 'duration_ms', 'time_ms', 'request_time_ms', 'responsetime_ms'],
  duration_us: ['duration_us', 'time_us', 'request_time_us', 'response_time_us', 'microseconds'],
  duration_s: ['request_time', 'duration_s', 'request_time_s', 'response_time_s'],
}; // prettier-ignore

export const jsonGoals: ReadonlyMap<string, string> = new Map(
  Object.entries(keysByGoal).flatMap(([goal, keys]) => keys.map((key) => [key, goal] as const)),
);
