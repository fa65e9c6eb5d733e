const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
const plain = new Intl.NumberFormat('en', { maximumFractionDigits: 1 })
const clock = new Intl.DateTimeFormat('en', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})

const calendar = new Intl.DateTimeFormat('en', {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})

/** A count or rate: 7.5, 1.2K; a dash if unknown. @param {number | null | undefined} value */
export function number(value) {
  if (value == null || Number.isNaN(value)) return '–'
  return value < 1000 ? plain.format(value) : compact.format(value)
}

/** A duration: 12 ms, 3.4 s, 2 min. @param {number | null | undefined} ms */
export function duration(ms) {
  if (ms == null || Number.isNaN(ms)) return '–'
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${plain.format(ms / 1000)} s`
  return `${plain.format(ms / 60_000)} min`
}

/** A share: 12 %. @param {number | null | undefined} share */
export function percent(share) {
  return share == null || Number.isNaN(share) ? '–' : `${plain.format(share * 100)} %`
}

/** A price in US dollars; a dash if unknown. @param {number | null | undefined} dollars */
export function money(dollars) {
  if (dollars == null || Number.isNaN(dollars)) return '–'
  if (dollars === 0) return '$0'
  return dollars < 0.01 ? `$${dollars.toPrecision(2)}` : `$${dollars.toFixed(2)}`
}

/** A time with its date. @param {number} at */
export function dateTime(at) {
  return calendar.format(at)
}

/** A time of day. @param {number} at */
export function time(at) {
  return clock.format(at)
}
