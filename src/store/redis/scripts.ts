import * as budgetScripts from './budget-scripts.ts'
import { clock } from './clock.ts'
import * as leaseScripts from './lease-scripts.ts'

/** Milliseconds for which Redis keeps notices at least. */
const keptMs = 3_600_000

/** KEYS window; ARGV milliseconds. Returns the count and the milliseconds left. */
const count = `
local count = redis.pcall('INCR', KEYS[1])
if type(count) ~= 'number' then
  redis.call('SET', KEYS[1], 1)
  count = 1
end
local left, longest = redis.call('PTTL', KEYS[1]), tonumber(ARGV[1])
if left < 0 or left > longest then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  left = longest
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

/** KEYS any; ARGV the type that each should have. Removes those of another type. */
export const removeOthers = `
for i, key in ipairs(KEYS) do
  local type = redis.call('TYPE', key).ok
  if type ~= 'none' and type ~= ARGV[i] then redis.call('UNLINK', key) end
end
`

type KeyType = 'hash' | 'string' | 'zset'

/** A script, and the types of its keys. The last one is that of any further keys; a channel, which comes first, has none. */
interface Script {
  readonly text: string
  readonly keys: readonly ['channel' | KeyType, ...KeyType[]]
}

/** The operations that Redis runs atomically. The comment above each text names its keys and arguments. */
export const scripts = {
  takeLeases: { text: leaseScripts.takeLeases, keys: ['channel', 'zset', 'hash', 'hash'] },
  giveLeases: { text: leaseScripts.giveLeases, keys: ['channel', 'hash', 'hash'] },
  heartbeat: { text: leaseScripts.heartbeat, keys: ['zset', 'hash'] },
  draw: { text: budgetScripts.draw, keys: ['hash'] },
  use: { text: budgetScripts.use, keys: ['hash'] },
  settle: { text: budgetScripts.settle, keys: ['hash'] },
  count: { text: count, keys: ['string'] },
  charge: { text: budgetScripts.charge, keys: ['string'] },
  post: { text: post, keys: ['channel', 'hash'] },
  notices: { text: notices, keys: ['hash'] },
  add: { text: add, keys: ['hash'] },
  epoch: { text: epoch, keys: ['hash'] },
} as const satisfies Record<string, Script>
export type ScriptName = keyof typeof scripts

/** Keys of a script with the types that they should have. */
export function typesOf(name: ScriptName, keys: readonly string[]): [key: string, type: KeyType][] {
  const { keys: types }: Script = scripts[name]
  return keys.flatMap((key, index) => {
    const type = types[index] ?? types.at(-1)!
    return type === 'channel' ? [] : [[key, type]]
  })
}
