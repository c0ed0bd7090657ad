/**
 * What Redis does in one step, as Lua: atomic, and one round trip whatever the number of visits.
 */
import type { Redis } from 'ioredis';

/** KEYS: the counter. ARGV: how much to add, milliseconds it lives from its first increment. */
const increment = `
local value = redis.call('INCRBY', KEYS[1], ARGV[1])
if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return value`;

/**
 * KEYS: of each visit, its session. ARGV: idle milliseconds, milliseconds a session is kept, then each visit's time.
 * Returns each visit's session start. A session is stored as "start last"; times are passed on as the text they came as,
 * because Lua writes large numbers with an exponent.
 */
const sessions = `
local idle, keep = tonumber(ARGV[1]), ARGV[2]
local known, touched, starts = {}, {}, {}
for i, key in ipairs(KEYS) do
  local text = ARGV[i + 2]
  local at = tonumber(text)
  local session = known[key]
  if session == nil then
    local start, last = string.match(redis.call('GET', key) or '', '^(%-?%d+) (%-?%d+)$')
    if start then
      session = { start = start, last = last }
      known[key] = session
    end
  end
  if session and at < tonumber(session.start) - idle then
    starts[i] = text
  else
    if session == nil or at > tonumber(session.last) + idle then
      session = { start = text, last = text }
      known[key] = session
    elseif at > tonumber(session.last) then
      session.last = text
    end
    touched[#touched + 1] = key
    starts[i] = session.start
  end
end
for _, key in ipairs(touched) do
  local session = known[key]
  if not session.written then
    redis.call('SET', key, session.start .. ' ' .. session.last, 'PX', keep)
    session.written = true
  end
end
return starts`;

export interface ScriptedRedis extends Redis {
  incrementCounter(key: string, by: number, windowMs: number): Promise<number>;
  sessionStarts(keyCount: number, ...keysThenArguments: (string | number)[]): Promise<string[]>;
}

/** Adds the scripts to a client; Redis gets the text of each once, afterwards its hash. */
export function withScripts(client: Redis): ScriptedRedis {
  client.defineCommand('incrementCounter', { numberOfKeys: 1, lua: increment });
  client.defineCommand('sessionStarts', { lua: sessions });
  return client as ScriptedRedis;
}
