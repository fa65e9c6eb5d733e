import { negligible, slotCount, slotMs, uncertainSlots } from '../minute.ts'
import { clock } from './clock.ts'

/** The largest figure that counts. One beyond it was not counted by any server. */
const largest = 1e15

/**
 * Reads a budget, which is a `Minute` as a hash: slot numbers and what was used in them, and with an r before them what is
 * reserved of that. Drops what no longer counts, what cannot be read, and what nobody can have used, such as usage to come.
 */
const read = `${clock}
local newest = math.floor(now / ${slotMs})
local oldest = newest - ${slotCount - 1}
local slots, amounts, open, used, reserved = {}, {}, {}, 0, 0
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local slot, amount, target = tonumber(all[i]), tonumber(all[i + 1]), amounts
  if not slot and string.sub(all[i], 1, 1) == 'r' then
    slot, target = tonumber(string.sub(all[i], 2)), open
  end
  local isNow = slot and slot >= oldest and slot <= newest + ${slotCount} and slot % 1 == 0
  if isNow and amount and amount > 0 and amount <= ${largest} then target[slot] = amount
  else redis.call('HDEL', KEYS[1], all[i]) end
end
for slot, amount in pairs(amounts) do
  slots[#slots + 1] = slot
  open[slot] = math.min(open[slot] or 0, amount)
  used = used + amount
  reserved = reserved + open[slot]
end
table.sort(slots)
local function set(mark, slot, sum)
  local amount = math.min(sum, ${largest})
  local field = mark .. string.format('%.0f', slot)
  if amount > 0 then redis.call('HSET', KEYS[1], field, string.format('%.17g', amount))
  else redis.call('HDEL', KEYS[1], field) end
end
local function add(amount, toSettle)
  set('', newest, (amounts[newest] or 0) + amount)
  if toSettle > 0 then set('r', newest, (open[newest] or 0) + toSettle) end
  redis.call('PEXPIRE', KEYS[1], ${(slotCount + 1) * slotMs})
end
`

/**
 * KEYS budget; ARGV size, amount, 1 if the amount is reserved. Takes the amount and returns 0 if it is available, else the
 * milliseconds until it is and those until it would be without what is reserved.
 */
export const draw = `${read}
local amount = tonumber(ARGV[2])
local function wait(lacking, isCertain)
  if lacking <= ${negligible} then return 0 end
  local last = newest
  for _, slot in ipairs(slots) do
    lacking = lacking - amounts[slot] + (isCertain and open[slot] or 0)
    if lacking <= ${negligible} then
      last = slot
      break
    end
  end
  return math.max(1, math.ceil((last + ${slotCount}) * ${slotMs} - now))
end
local lacking = used + amount - tonumber(ARGV[1])
if lacking <= ${negligible} then
  add(amount, ARGV[3] == '1' and amount or 0)
  return 0
end
return { wait(lacking, false), wait(lacking - reserved, true) }
`

/** KEYS budget; ARGV amount, the part of it that is reserved. */
export const use = `${read}
add(tonumber(ARGV[1]), tonumber(ARGV[2]))
`

/** KEYS budget; ARGV amount, what was used of it, milliseconds since it was taken. */
export const settle = `${read}
local left, more = tonumber(ARGV[1]), tonumber(ARGV[2]) - ARGV[1]
local unused, since = math.max(0, -more), math.floor((now - ARGV[3]) / ${slotMs})
for _, slot in ipairs(slots) do
  if slot >= since and slot <= since + ${uncertainSlots} and left > 0 then
    local closed, taken = math.min(left, open[slot]), math.min(unused, amounts[slot])
    left, unused = left - closed, unused - taken
    amounts[slot] = amounts[slot] - taken
    if taken > 0 then set('', slot, amounts[slot]) end
    if open[slot] > 0 then set('r', slot, math.min(open[slot] - closed, amounts[slot])) end
  end
end
if more > 0 then add(more, 0) end
`

/** KEYS account; ARGV amount, limit, milliseconds to keep the sum. Returns the sum before. */
export const charge = `
local before = tonumber(redis.call('GET', KEYS[1]) or '0')
if not before or not (before >= 0 and before <= ${largest}) then before = 0 end
if before < tonumber(ARGV[2]) then
  local sum = math.max(0, math.min(before + tonumber(ARGV[1]), ${largest}))
  redis.call('SET', KEYS[1], string.format('%.17g', sum), 'PX', ARGV[3])
else
  local left = redis.call('PTTL', KEYS[1])
  if left < 0 or left > tonumber(ARGV[3]) then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
end
return string.format('%.17g', before)
`
