import type { Answer, Exchange, Violation } from './exchange.ts'

export interface Finding {
  readonly rule: string
  detail: string
  readonly isOfForm: boolean
  /** The smallest exchange that showed it. */
  exchange: Exchange
  count: number
  /** Kinds of providers and models that it was found with. */
  readonly where: Set<string>
}

/** The findings, one for each rule. */
export class Findings {
  readonly #byRule = new Map<string, Finding>()

  /** The most frequent come first. */
  get all(): Finding[] {
    return [...this.#byRule.values()].toSorted((one, other) => other.count - one.count)
  }

  add(exchange: Exchange, violations: readonly Violation[]): void {
    for (const { rule, detail, isOfForm = false } of violations) {
      const known = this.#byRule.get(rule)
      const { dialect, stream, body } = exchange.question
      const where = `${dialect}${stream ? ' stream' : ''} to ${String(body['model'])}`
      known?.where.add(where)
      if (!known)
        this.#byRule.set(rule, { rule, detail, isOfForm, exchange, count: 1, where: new Set([where]) })
      else {
        known.count += 1
        if (sizeOf(exchange) < sizeOf(known.exchange)) Object.assign(known, { exchange, detail })
      }
    }
  }

  /** All findings for a reader, with the data to reproduce each. */
  text(): string {
    return this.all.map(textOf).join('\n')
  }
}

/** A finding for a reader. */
export function textOf({ rule, count, detail, exchange, where }: Finding): string {
  const { seed, number, question, answers } = exchange
  return [
    `## ${rule}`,
    `${count} times; again with --seed ${seed} --at ${number}; provider ${question.kind}`,
    `where: ${[...where].slice(0, 8).join('; ')}`,
    `client (${question.dialect}, ${question.times} times): ${clipped(JSON.stringify(question.body))}`,
    ...answers.map((answer, index) => `provider ${index + 1}: ${answerText(answer)}`),
    `seen: ${clipped(detail)}`,
    '',
  ].join('\n')
}

function answerText({ head, pieces, packets, framing, end }: Answer): string {
  const cut = packets.length > 0 ? `, packets ${packets.join(' ')}` : ''
  return `${JSON.stringify(head)} ${framing}, ${end}${cut}\n${pieces.map(piece => `    ${clipped(JSON.stringify(piece))}`).join('\n')}`
}

function clipped(text: string): string {
  return text.length > 1200 ? `${text.slice(0, 1200)} … (${text.length})` : text
}

function sizeOf({ answers, question }: Exchange): number {
  const bytes = answers.reduce((sum, { pieces }) => sum + pieces.join('').length + 20 * pieces.length, 0)
  return bytes + JSON.stringify(question.body).length
}
