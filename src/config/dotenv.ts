import { parseEnv } from 'node:util'
import type { Environment } from './interpolate.ts'

/**
 * The variables of a `.env` file. A value that starts with a brace needs no quotes: it extends to the matching brace,
 * over as many lines as necessary.
 */
export function parseDotenv(text: string): Environment {
  return parseEnv(quoteBraces(text))
}

function quoteBraces(text: string): string {
  const start = /^([ \t]*(?:export[ \t]+)?[\w.-]+[ \t]*=[ \t]*)(?=\{)/gm
  let result = ''
  let done = 0
  for (const match of text.matchAll(start)) {
    const from = match.index + match[0].length
    const end = endOfJson(text, from)
    if (match.index < done || end === undefined) continue
    const value = text.slice(from, end)
    const quote = ["'", '`'].find(mark => !value.includes(mark))
    if (quote === undefined) continue
    result += `${text.slice(done, from)}${quote}${value}${quote}`
    done = end
  }
  return result + text.slice(done)
}

/** The end of the object that starts at `from`; undefined if it is not closed. Braces in its strings do not count. */
function endOfJson(text: string, from: number): number | undefined {
  let depth = 0
  for (const { 0: token, index } of text.slice(from).matchAll(/"(?:\\.|[^"\\\n])*"|[{}]/g)) {
    if (token === '{') depth++
    else if (token === '}' && --depth === 0) return from + index + 1
  }
  return undefined
}
