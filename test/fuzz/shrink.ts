import type { Answer, Exchange } from './exchange.ts'
import type { Finding } from './findings.ts'
import type { Lab } from './lab.ts'

/** Maximum number of replays for one finding. */
const maxReplays = 150

/** The smallest exchange found that still breaks the rule; the given one if the fault is not reproducible. */
export async function shrink(lab: Lab, { rule, exchange }: Finding): Promise<Exchange> {
  let left = maxReplays
  const isShown = async (candidate: Exchange): Promise<boolean> => {
    left -= 1
    const { violations } = await lab.replay(candidate)
    if (violations.some(violation => violation.rule === rule)) return true
    if (!isOfTheWhole(rule)) return false
    const wrong = await lab.check()
    if (wrong.length > 0) await lab.restart()
    return wrong.some(violation => violation.rule === rule)
  }
  if (!(await isShown(exchange))) return exchange
  let smallest = exchange
  for (let again = true; again && left > 0;) {
    again = false
    for (const candidate of smaller(smallest)) {
      if (left <= 0) break
      if (!(await isShown(candidate))) continue
      smallest = candidate
      again = true
      break
    }
  }
  return smallest
}

/** Rules that only a check of the whole server shows. */
function isOfTheWhole(rule: string): boolean {
  return rule.startsWith('/') || rule.startsWith('a right answer')
}

/** Exchanges that are one step smaller, the largest reductions first. */
function* smaller(exchange: Exchange): Generator<Exchange> {
  const { question, answers } = exchange
  if (question.times > 1) yield { ...exchange, question: { ...question, times: 1 } }
  for (const field of ['tools', 'n', 'stream_options', 'hulumanage_trace', 'hulumanage_progress']) {
    if (!(field in question.body)) continue
    const { [field]: _, ...body } = question.body
    yield { ...exchange, question: { ...question, body } }
  }
  if (answers.length > 1) for (const answer of answers) yield { ...exchange, answers: [answer] }
  for (const index of answers.keys()) {
    if (answers.length > 1) yield { ...exchange, answers: answers.toSpliced(index, 1) }
    for (const answer of smallerAnswers(answers[index]!))
      yield { ...exchange, answers: answers.with(index, answer) }
  }
}

function* smallerAnswers(answer: Answer): Generator<Answer> {
  const { pieces, packets } = answer
  if (packets.length > 0) yield { ...answer, packets: [] }
  for (let size = pieces.length >> 1; size >= 1; size >>= 1)
    for (let at = 0; at < pieces.length; at += size) yield { ...answer, pieces: pieces.toSpliced(at, size) }
  for (const [index, piece] of pieces.entries())
    for (const less of smallerPieces(piece)) yield { ...answer, pieces: pieces.with(index, less) }
}

/** A body or an event with one field or item less; nothing for text that is not JSON. */
function* smallerPieces(piece: string): Generator<string> {
  const [, before = '', json = '', after = ''] =
    /^((?:event:.*\n)?data: |)([{[].*[}\]])(\n\n|)$/.exec(piece) ?? []
  if (json === '' || json.includes('__proto__":{')) return
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    return
  }
  for (const less of smallerValues(value)) yield before + JSON.stringify(less) + after
}

function* smallerValues(value: unknown): Generator {
  if (Array.isArray(value)) {
    for (const index of value.keys()) yield value.toSpliced(index, 1)
    for (const [index, item] of value.entries())
      for (const less of smallerValues(item)) yield value.with(index, less)
  } else if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
    for (const [index] of entries.entries()) yield Object.fromEntries(entries.toSpliced(index, 1))
    for (const [index, [key, item]] of entries.entries())
      for (const less of smallerValues(item)) yield Object.fromEntries(entries.with(index, [key, less]))
  }
}
