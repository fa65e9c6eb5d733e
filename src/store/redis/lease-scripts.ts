import { heartbeatMs } from '../hub.ts'
import { clock } from './clock.ts'

/** Milliseconds after which Redis drops a key that is no longer used. */
const keptMs = 3_600_000

/** Leases that one peer can hold at most; a larger figure was not counted by any. */
const mostLeases = 1_000_000

/** A number of leases as read: a peer that claims none, or more than there can be, holds none. */
const countOf = `
local function countOf(text)
  local count = tonumber(text or nil)
  return count and count > 0 and count <= ${mostLeases} and math.floor(count) or 0
end
`

/**
 * Milliseconds for which every holder of leases counts as alive after the set of peers was created. Redis may have lost the
 * set before: by then, each peer that is alive has reported, even if one of its heartbeats was late.
 */
const unheardMs = 2.5 * heartbeatMs

/** Marks a set of peers as new, with a member that cannot be the name of a peer. Call it before adding a peer. */
const openPeers = `
local function openPeers(key)
  if redis.call('EXISTS', key) == 0 then redis.call('ZADD', key, now + ${unheardMs}, '*') end
end
`

const emit = `
local function emit(kind, name, by)
  redis.call('PUBLISH', KEYS[1], cjson.encode({ kind = kind, name = name, by = by }))
end
`

/**
 * KEYS events peers leases queue; ARGV peer name limit amount, then lifetime and waiter timeout in milliseconds.
 */
export const takeLeases = `${clock}${emit}${countOf}${openPeers}
local me, name = ARGV[1], ARGV[2]
local limit, amount = tonumber(ARGV[3]), tonumber(ARGV[4])
openPeers(KEYS[2])
redis.call('ZADD', KEYS[2], now + ARGV[5], me)
redis.call('PEXPIRE', KEYS[2], ${keptMs})
if amount == 0 then
  redis.call('HDEL', KEYS[4], me)
  if redis.call('EXISTS', KEYS[4]) == 1 then emit('freed', name, me) end
  return 0
end
local taken, own = 0, 0
local held = redis.call('HGETALL', KEYS[3])
local unheard = redis.call('ZSCORE', KEYS[2], '*') or 0
for i = 1, #held, 2 do
  local alive = tonumber(redis.call('ZSCORE', KEYS[2], held[i]) or unheard)
  if alive > now then taken = taken + countOf(held[i + 1])
  else redis.call('HDEL', KEYS[3], held[i]) end
  if held[i] == me then own = countOf(held[i + 1]) end
end
local since, ahead, queue = micros, 0, redis.call('HGETALL', KEYS[4])
local mine = redis.call('HGET', KEYS[4], me)
if mine then since = math.min(since, tonumber(string.match(mine, '^%d+')) or since) end
for i = 1, #queue, 2 do
  local theirs, seen = string.match(queue[i + 1], '^(%d+) (%d+)$')
  if not seen or math.abs(now - seen) > tonumber(ARGV[6]) then redis.call('HDEL', KEYS[4], queue[i])
  elseif queue[i] ~= me and tonumber(theirs) < since then ahead = ahead + 1 end
end
local granted = math.max(0, math.min(amount, limit - taken - ahead))
if granted > 0 then
  redis.call('HSET', KEYS[3], me, own + granted)
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
export const giveLeases = `${emit}${countOf}
local left = countOf(redis.call('HGET', KEYS[2], ARGV[1])) - ARGV[3]
if left > 0 then redis.call('HSET', KEYS[2], ARGV[1], left) else redis.call('HDEL', KEYS[2], ARGV[1]) end
if redis.call('EXISTS', KEYS[3]) == 1 then emit('freed', ARGV[2], ARGV[1]) end
`

/** KEYS peers, then leases; ARGV peer lifetime, then the number of leases it holds for each key. */
export const heartbeat = `${clock}${openPeers}
local latest = now + ARGV[2]
openPeers(KEYS[1])
-- While the set is new, peers that have left stay in it: a peer that is missing would count as alive.
if tonumber(redis.call('ZSCORE', KEYS[1], '*') or 0) <= now then redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now) end
-- No peer lives longer than this without being heard of, whatever is written there.
for _, peer in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], string.format('(%.0f', latest), '+inf')) do
  redis.call('ZADD', KEYS[1], latest, peer)
end
redis.call('ZADD', KEYS[1], latest, ARGV[1])
redis.call('PEXPIRE', KEYS[1], ${keptMs})
for i = 2, #KEYS do
  if tonumber(ARGV[i + 1]) > 0 then
    redis.call('HSET', KEYS[i], ARGV[1], ARGV[i + 1])
    redis.call('PEXPIRE', KEYS[i], ${keptMs})
  else redis.call('HDEL', KEYS[i], ARGV[1]) end
end
`
