/** The clock of Redis, which every script uses, so that the clocks of the peers need not agree. */
export const clock = `
local time = redis.call('TIME')
local micros = time[1] * 1000000 + time[2]
local now = math.floor(micros / 1000)
`
