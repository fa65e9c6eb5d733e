import type { Environment } from './interpolate.ts'

/**
 * The variables of a `.env` file, read as Docker Compose and python-dotenv read it: a comment begins at the start of a value
 * or after a space, and `\"` is a quote within double quotes. A value that starts with a brace needs no quotes: it extends
 * to the matching brace, over as many lines as necessary.
 */
export function parseDotenv(file: string): Environment {
  const text = file.replace(/^\ufeff/, '').replaceAll('\r\n', '\n')
  const variables: [name: string, value: string][] = []
  let done = 0
  for (const match of text.matchAll(/^[ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*=[ \t]*/gm)) {
    // A line of a value that began before.
    if (match.index < done) continue
    const from = match.index + match[0].length
    const { value, end } = bracedAt(text, from) ?? quotedAt(text, from) ?? plainAt(text, from)
    variables.push([match[1]!, value])
    done = end
  }
  return Object.fromEntries(variables)
}

/** A value in a text, and where it ends. */
interface Value {
  readonly value: string
  readonly end: number
}

function bracedAt(text: string, from: number): Value | undefined {
  const end = text[from] === '{' ? endOfJson(text, from) : undefined
  return end === undefined ? undefined : { value: text.slice(from, end), end }
}

function quotedAt(text: string, from: number): Value | undefined {
  const quoted = /'([^']*)'|`([^`]*)`|"((?:\\[^]|[^"\\])*)"/y
  quoted.lastIndex = from
  const match = quoted.exec(text)
  if (!match) return undefined
  const [, single, tick, double] = match
  const value = single ?? tick ?? unescaped(double!)
  return { value, end: quoted.lastIndex }
}

/** Other escapes stay as they are: paths of Windows are full of backslashes. */
function unescaped(text: string): string {
  return text.replaceAll(/\\([n"])/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped))
}

/** The rest of the line, without a comment. */
function plainAt(text: string, from: number): Value {
  const lineEnd = text.indexOf('\n', from)
  const end = lineEnd === -1 ? text.length : lineEnd
  const line = text.slice(from, end)
  const comment = /(?:^|\s)#/.exec(line)
  return { value: line.slice(0, comment?.index).trim(), end }
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
