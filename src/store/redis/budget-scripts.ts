import { slotCount, slotMs, uncertainSlots } from '../minute.ts'
import { clock } from './clock.ts'

/**
 * Reads a budget, which is a `Minute` as a hash: slot numbers and what was used in them. Drops what no longer counts, and
 * what cannot be read.
 */
const read = `${clock}
local newest = math.floor(now / ${slotMs})
local oldest = newest - ${slotCount - 1}
local slots, amounts, used = {}, {}, 0
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local slot, amount = tonumber(all[i]), tonumber(all[i + 1])
  if slot and slot >= oldest and amount and amount > 0 and amount < math.huge then
    slots[#slots + 1] = slot
    amounts[slot] = amount
    used = used + amount
  else redis.call('HDEL', KEYS[1], all[i]) end
end
table.sort(slots)
local function set(slot, amount)
  local field = string.format('%.0f', slot)
  if amount > 0 then redis.call('HSET', KEYS[1], field, string.format('%.17g', amount))
  else redis.call('HDEL', KEYS[1], field) end
end
local function add(amount)
  set(newest, (amounts[newest] or 0) + amount)
  redis.call('PEXPIRE', KEYS[1], ${(slotCount + 1) * slotMs})
end
`

/** KEYS budget; ARGV size amount. Uses the amount and returns 0 if it is available, else the milliseconds until it is. */
export const draw = `${read}
local amount = tonumber(ARGV[2])
local lacking = used + amount - tonumber(ARGV[1])
if lacking <= 1e-6 then
  add(amount)
  return 0
end
local last = newest
for _, slot in ipairs(slots) do
  lacking = lacking - amounts[slot]
  if lacking <= 1e-6 then
    last = slot
    break
  end
end
return math.max(1, math.ceil((last + ${slotCount}) * ${slotMs} - now))
`

/** KEYS budget; ARGV amount. */
export const use = `${read}
add(tonumber(ARGV[1]))
`

/** KEYS budget; ARGV amount, milliseconds since it was used. */
export const giveBack = `${read}
local left, since = tonumber(ARGV[1]), math.floor((now - ARGV[2]) / ${slotMs})
for _, slot in ipairs(slots) do
  if slot >= since and slot <= since + ${uncertainSlots} and left > 0 then
    local taken = math.min(left, amounts[slot])
    set(slot, amounts[slot] - taken)
    left = left - taken
  end
end
`

/** KEYS account; ARGV amount, limit, milliseconds to keep the sum. Returns the sum before. */
export const charge = `
local before = tonumber(redis.call('GET', KEYS[1]) or '0') or 0
if before < tonumber(ARGV[2]) then
  redis.call('SET', KEYS[1], string.format('%.17g', before + tonumber(ARGV[1])), 'PX', ARGV[3])
end
return string.format('%.17g', before)
`
