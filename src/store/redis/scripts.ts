import * as budgetScripts from './budget-scripts.ts'
import { clock } from './clock.ts'

const emit = `
local function emit(kind, name, by)
  redis.call('PUBLISH', KEYS[1], cjson.encode({ kind = kind, name = name, by = by }))
end
`

/** Milliseconds after which Redis drops a key that is no longer used. */
const keptMs = 3_600_000

/**
 * KEYS events peers leases queue; ARGV peer name limit amount, then lifetime and waiter timeout in milliseconds.
 */
const takeLeases = `${clock}${emit}
local me, name = ARGV[1], ARGV[2]
local limit, amount = tonumber(ARGV[3]), tonumber(ARGV[4])
redis.call('ZADD', KEYS[2], now + ARGV[5], me)
if amount == 0 then
  redis.call('HDEL', KEYS[4], me)
  if redis.call('EXISTS', KEYS[4]) == 1 then emit('freed', name, me) end
  return 0
end
local taken = 0
local held = redis.call('HGETALL', KEYS[3])
for i = 1, #held, 2 do
  local alive = tonumber(redis.call('ZSCORE', KEYS[2], held[i]) or 0)
  if alive > now then taken = taken + (tonumber(held[i + 1]) or 0)
  else redis.call('HDEL', KEYS[3], held[i]) end
end
local since, ahead, queue = micros, 0, redis.call('HGETALL', KEYS[4])
local mine = redis.call('HGET', KEYS[4], me)
if mine then since = tonumber(string.match(mine, '^%d+')) or since end
for i = 1, #queue, 2 do
  local theirs, seen = string.match(queue[i + 1], '^(%d+) (%d+)$')
  if not seen or now - seen > tonumber(ARGV[6]) then redis.call('HDEL', KEYS[4], queue[i])
  elseif queue[i] ~= me and tonumber(theirs) < since then ahead = ahead + 1 end
end
local granted = math.max(0, math.min(amount, limit - taken - ahead))
if granted > 0 then
  redis.call('HINCRBY', KEYS[3], me, granted)
  redis.call('PEXPIRE', KEYS[3], ${keptMs})
  redis.call('HDEL', KEYS[4], me)
else
  redis.call('HSET', KEYS[4], me, string.format('%.0f %.0f', since, now))
  redis.call('PEXPIRE', KEYS[4], ${keptMs})
  emit('wanted', name, me)
end
return granted
`

/** KEYS events leases queue; ARGV peer name amount. */
const giveLeases = `${emit}
if redis.call('HINCRBY', KEYS[2], ARGV[1], -ARGV[3]) <= 0 then redis.call('HDEL', KEYS[2], ARGV[1]) end
if redis.call('EXISTS', KEYS[3]) == 1 then emit('freed', ARGV[2], ARGV[1]) end
`

/** KEYS peers, then leases; ARGV peer lifetime, then the number of leases it holds for each key. */
const heartbeat = `${clock}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
for i = 2, #KEYS do
  if tonumber(ARGV[i + 1]) > 0 then
    redis.call('HSET', KEYS[i], ARGV[1], ARGV[i + 1])
    redis.call('PEXPIRE', KEYS[i], ${keptMs})
  else redis.call('HDEL', KEYS[i], ARGV[1]) end
end
`

/** KEYS window; ARGV milliseconds. Returns the count and the milliseconds left. */
const count = `
local count = redis.pcall('INCR', KEYS[1])
if type(count) ~= 'number' then
  redis.call('SET', KEYS[1], 1)
  count = 1
end
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  left = tonumber(ARGV[1])
end
return { count, left }
`

/** KEYS events notices; ARGV peer topic text lifetime. The notices are kept for as long as the one that lives longest. */
const post = `${clock}
redis.call('HSET', KEYS[2], ARGV[2], string.format('%.0f %s %s', now + ARGV[4], ARGV[1], ARGV[3]))
redis.call('PEXPIRE', KEYS[2], string.format('%.0f', math.max(redis.call('PTTL', KEYS[2]), ARGV[4], ${keptMs})))
local event = { kind = 'posted', topic = ARGV[2], text = ARGV[3], by = ARGV[1] }
redis.call('PUBLISH', KEYS[1], cjson.encode(event))
`

/** KEYS notices; ARGV peer. Returns the topics and texts of other peers, in turn. */
const notices = `${clock}
local found, all = {}, redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local expiry, by, text = string.match(all[i + 1], '^(%d+) (%S+) (.*)$')
  if not expiry or tonumber(expiry) <= now then redis.call('HDEL', KEYS[1], all[i])
  elseif by ~= ARGV[1] then
    found[#found + 1] = all[i]
    found[#found + 1] = text
  end
end
return found
`

/** KEYS tallies; ARGV names and values in turn. A name beginning with n has a number to add, any other a text. */
const add = `
for i = 1, #ARGV, 2 do
  local isNumber = string.sub(ARGV[i], 1, 1) == 'n'
  local done = isNumber and redis.pcall('HINCRBYFLOAT', KEYS[1], ARGV[i], ARGV[i + 1])
  if type(done) ~= 'string' then redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
end
`

/** KEYS tallies; ARGV the epoch to begin if none has begun. Returns the current epoch. */
const epoch = `
redis.call('HSETNX', KEYS[1], 'epoch', ARGV[1])
return redis.call('HGET', KEYS[1], 'epoch')
`

/** The operations that Redis runs atomically. The comment above each names its keys and arguments. */
export const scripts = {
  takeLeases,
  giveLeases,
  heartbeat,
  draw: budgetScripts.draw,
  use: budgetScripts.use,
  settle: budgetScripts.settle,
  count,
  charge: budgetScripts.charge,
  post,
  notices,
  add,
  epoch,
} as const
export type ScriptName = keyof typeof scripts
