import type { Violation } from '../exchange.ts'

interface Line {
  readonly level: number
  readonly msg?: string
  readonly code?: string
  readonly err?: { readonly type?: string; readonly message?: string; readonly stack?: string }
}

/** Names of errors that only a fault in code has. */
const faults = /\b(?:TypeError|RangeError|ReferenceError|SyntaxError)\b/

/** What the log says is our fault: errors, and faults of code that something has caught and passed over. */
export function judgeLog(lines: readonly string[]): Violation[] {
  return lines.flatMap(line => {
    const { level, err, msg = '', code = '' } = JSON.parse(line) as Line
    const stack = err?.stack ?? ''
    // What was caught and put down to the provider has a code, and is only the cause of it.
    const isFault = faults.test(err?.type ?? '')
    if (level < 50 && !isFault) return []
    return [{ rule: `${code || msg}: ${placeOf(stack)}`, detail: stack.slice(0, 1500) || line.slice(0, 600) }]
  })
}

/** What happened in a stack, and where: the innermost cause, and the first line of it that is ours. */
export function placeOf(stack: string): string {
  const causes = stack.split(/\n\s*(?:caused by: |\[cause\]: )/i)
  const cause = causes.at(-1) ?? ''
  const frame = /\b((?:src|approaches|plugins)\/[\w/.-]+\.[jt]s):(\d+)/.exec(cause) ?? []
  const [, file = 'no place of ours', line = ''] = frame
  return `${messageOf(cause)} at ${file}${line && `:${line}`}`
}

function messageOf(cause: string): string {
  const message = faults.test(cause)
    ? (/\b(?:TypeError|RangeError|ReferenceError|SyntaxError)[^\n]*/.exec(cause)?.[0] ?? '')
    : cause.split('\n', 1)[0]!
  return message
    .replaceAll(/"[^"]*"/g, '"…"')
    .replaceAll(/\d+/g, 'N')
    .slice(0, 160)
}
