import type { Violation } from '../exchange.ts'

interface Line {
  readonly level: number
  readonly msg?: string
  readonly code?: string
  readonly err?: { readonly type?: string; readonly message?: string; readonly stack?: string }
}

/** Names of errors that only faults in code cause. */
const faults = /\b(?:TypeError|RangeError|ReferenceError|SyntaxError)\b/

/** The log entries that are our fault: errors, and exceptions that were caught and ignored. */
export function judgeLog(lines: readonly string[]): Violation[] {
  return lines.flatMap(line => {
    const { level, err, msg = '', code = '' } = JSON.parse(line) as Line
    const stack = err?.stack ?? ''
    // An exception that was blamed on the provider has a code, and this one is only its cause.
    const isFault = faults.test(err?.type ?? '')
    if (level < 50 && !isFault) return []
    return [{ rule: `${code || msg}: ${placeOf(stack)}`, detail: stack.slice(0, 1500) || line.slice(0, 600) }]
  })
}

/** The innermost cause of a stack, with the first line of our own code. */
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
