/** A question that a simulated model can solve. */
export interface Arithmetic {
  /** The expression as written in the question, such as `17 * 23`. */
  readonly expression: string
  readonly value: number
  /** The index of the text after it. */
  readonly end: number
}

const operand = String.raw`[-(]{0,3}\d{1,9}(?:\.\d{1,6})?\){0,3}`
const expression = String.raw`(${operand}(?:\s?[-+*/x×÷]\s?${operand}){1,20})`
const introduced = String.raw`\b(?:what(?:'s| is)|how much is|calculate|compute|evaluate|work out)\s${expression}`
const question = new RegExp(String.raw`${introduced}|${expression}\s?(?:=\s?)?\?`, 'gi')

/** Finds the first question in a text, such as "What is 17 * 23?" or "(2 + 3) / 4 = ?". */
export function findArithmetic(text: string): Arithmetic | undefined {
  for (const match of text.matchAll(question)) {
    const found = match[1] ?? match[2] ?? ''
    const value = evaluate(found)
    if (Math.abs(value) < 1e12) return { expression: found, value, end: match.index + match[0].length }
  }
  return undefined
}

/** Wrong values that are near enough to be believed: off by one, by ten, by a hundred, in either direction. */
export function slipsFrom(value: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => {
    const distance = 10 ** Math.floor(index / 2)
    return round(value + (index % 2 === 0 ? distance : -distance))
  })
}

interface Operator {
  readonly precedence: number
  readonly apply: (left: number, right: number) => number
}

const operators: Readonly<Record<string, Operator>> = {
  '+': { precedence: 1, apply: (left, right) => left + right },
  '-': { precedence: 1, apply: (left, right) => left - right },
  '*': { precedence: 2, apply: (left, right) => left * right },
  '/': { precedence: 2, apply: (left, right) => left / right },
}

/** Evaluates an expression; NaN if the parentheses do not match. */
function evaluate(text: string): number {
  const tokens =
    text
      .replaceAll(/[x×]/gi, '*')
      .replaceAll('÷', '/')
      .match(/[\d.]+|\S/g) ?? []
  let at = 0
  const parseOperand = (): number => {
    const token = tokens[at++]
    if (token === '-') return -parseOperand()
    if (token !== '(') return Number(token)
    const inside = parseOperation(1)
    return tokens[at++] === ')' ? inside : Number.NaN
  }
  const parseOperation = (minPrecedence: number): number => {
    let left = parseOperand()
    for (;;) {
      const operator = operators[tokens[at] ?? '']
      if (!operator || operator.precedence < minPrecedence) return left
      at++
      left = operator.apply(left, parseOperation(operator.precedence + 1))
    }
  }
  const value = round(parseOperation(1))
  return at === tokens.length ? value : Number.NaN
}

function round(value: number): number {
  return Number(value.toFixed(6))
}
