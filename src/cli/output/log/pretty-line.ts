import { unprintable } from '../../../text/clip.ts'

/** Names of levels and their colors, as the numbers of escape sequences. */
const levels: Readonly<Record<number, readonly [name: string, color: number]>> = {
  10: ['TRACE', 90],
  20: ['DEBUG', 90],
  30: ['INFO', 32],
  40: ['WARN', 33],
  50: ['ERROR', 31],
  60: ['FATAL', 31],
}
const dim = 2
const bold = 1

interface Line {
  readonly level?: number
  readonly time?: number
  readonly msg?: string
  readonly err?: { readonly message?: string; readonly stack?: string }
  readonly [field: string]: unknown
}

/** Renders a JSON line of the log for people: time, level, message and facts, on one line unless there is a stack. */
export function prettyLine(json: string, colors: boolean): string {
  let line: Line
  try {
    line = JSON.parse(json) as Line
  } catch {
    return json
  }
  const { level = 30, time = 0, msg = '', err, ...facts } = line
  const paint = (text: string, color: number) => (colors ? `\u{1b}[${color}m${text}\u{1b}[0m` : text)
  const [name, color] = levels[level] ?? [String(level), dim]
  const parts = [
    paint(timeOf(time), dim),
    paint(name.padEnd(5), color),
    paint(printable(msg), bold),
    ...Object.entries(facts).map(([key, value]) => `${paint(`${printable(key)}=`, dim)}${shown(value)}`),
  ]
  const stack = err?.stack ?? err?.message
  const more = stack === undefined ? '' : `\n${stack.split('\n').map(indented).join('\n')}`
  return `${parts.join(' ')}${more}\n`
}

function indented(text: string): string {
  return `    ${printable(text)}`
}

function timeOf(time: number): string {
  const date = new Date(time)
  const pad = (value: number, digits = 2) => String(value).padStart(digits, '0')
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}.${pad(date.getMilliseconds(), 3)}`
}

/** A text as it is if it is one plain word, else as JSON. */
function shown(value: unknown): string {
  if (typeof value === 'string' && /^[^\s"\\=]+$/.test(value)) return printable(value)
  return printable(JSON.stringify(value) ?? '')
}

/** Clients choose the names of models, and a terminal obeys control characters. */
function printable(text: string): string {
  return text.replaceAll(
    unprintable,
    character => `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`,
  )
}
