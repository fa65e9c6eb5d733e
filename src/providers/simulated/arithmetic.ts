/** A question that a simulated model can work out. */
export interface Arithmetic {
  /** The expression as it was asked, such as `17 * 23`. */
  readonly expression: string
  readonly value: number
  /** Where the text goes on after it. */
  readonly end: number
}

const operand = String.raw`[-(]{0,3}\d{1,9}(?:\.\d{1,6})?\){0,3}`
const expression = String.raw`(${operand}(?:\s?[-+*/x×÷]\s?${operand}){1,20})`
const introduced = String.raw`\b(?:what(?:'s| is)|how much is|calculate|compute|evaluate|work out)\s${expression}`
const question = new RegExp(String.raw`${introduced}|${expression}\s?(?:=\s?)?\?`, 'gi')

/** The first question in a text such as "What is 17 * 23?" or "(2 + 3) / 4 = ?". */
export function arithmeticIn(text: string): Arithmetic | undefined {
  for (const match of text.matchAll(question)) {
    const asked = match[1] ?? match[2] ?? ''
    const value = valueOf(asked)
    if (Math.abs(value) < 1e12) return { expression: asked, value, end: match.index + match[0].length }
  }
  return undefined
}

/** Slips that are near enough to be believed: one off, ten off, a hundred off, to either side. */
export function slipsFrom(value: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => {
    const distance = 10 ** Math.floor(index / 2)
    return rounded(value + (index % 2 === 0 ? distance : -distance))
  })
}

interface Operator {
  readonly binds: number
  readonly of: (left: number, right: number) => number
}

const operators: Readonly<Record<string, Operator>> = {
  '+': { binds: 1, of: (left, right) => left + right },
  '-': { binds: 1, of: (left, right) => left - right },
  '*': { binds: 2, of: (left, right) => left * right },
  '/': { binds: 2, of: (left, right) => left / right },
}

/** NaN where the parentheses do not match. */
function valueOf(text: string): number {
  const tokens =
    text
      .replaceAll(/[x×]/gi, '*')
      .replaceAll('÷', '/')
      .match(/[\d.]+|\S/g) ?? []
  let at = 0
  const one = (): number => {
    const token = tokens[at++]
    if (token === '-') return -one()
    if (token !== '(') return Number(token)
    const inside = many(1)
    return tokens[at++] === ')' ? inside : Number.NaN
  }
  const many = (least: number): number => {
    let left = one()
    for (;;) {
      const operator = operators[tokens[at] ?? '']
      if (!operator || operator.binds < least) return left
      at++
      left = operator.of(left, many(operator.binds + 1))
    }
  }
  const value = rounded(many(1))
  return at === tokens.length ? value : Number.NaN
}

function rounded(value: number): number {
  return Number(value.toFixed(6))
}
