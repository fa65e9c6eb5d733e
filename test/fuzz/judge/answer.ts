import { z } from 'zod'
import { answerViolations } from '../../strict/index.ts'
import { shapeViolations } from '../../strict/shape.ts'
import type { Answer, Heard, Question, Violation } from '../exchange.ts'
import { providerKey } from '../upstream/errors.ts'
import { brokenInput } from './message-stream.ts'
import { sendsBrokenArguments } from './sent-arguments.ts'
import { errorShape, wholes } from './shapes.ts'
import { eventsOf, judgeStream } from './stream.ts'

/** All faults of a response as the answer to a question. */
export function judgeAnswer(question: Question, answers: readonly Answer[], heard: Heard): Violation[] {
  const { dialect, stream } = question
  const where = `${isRelayed(question) ? 'relayed ' : ''}${dialect} ${stream ? 'stream' : 'whole'}`
  const detail = `${heard.status}, ${heard.ending}: ${heard.text.slice(-700)}`
  const name = (rule: string) => `${where}: ${kindOf(rule)}`
  const faults = rulesBroken(question, answers, heard)
  if (faults.length > 0) return faults.map(rule => ({ rule: name(rule), detail }))
  // Nobody knows which form would be right.
  if (question.isHostile) return []
  const forms = formFaults(question, heard).filter(
    rule => !isModelsOwn(rule, answers) && !(isRelayed(question) && isServicesOwn(rule)),
  )
  return forms.map(rule => ({ rule: name(rule), detail, isOfForm: true }))
}

/** Whether a fault is the content of the answer, which is passed on as it is. */
function isModelsOwn(rule: string, answers: readonly Answer[]): boolean {
  // Some gateways mark each chunk as an end: text after it is not dropped.
  if (rule.endsWith('this choice has ended')) return true
  return rule === brokenInput && answers.some(sendsBrokenArguments)
}

/** Whether a fault is a new type of event, block or delta, which a relay passes on. */
function isServicesOwn(rule: string): boolean {
  return /an event of unknown type|a delta of another type than its block|Invalid discriminator value/.test(
    rule,
  )
}

function rulesBroken(question: Question, answers: readonly Answer[], heard: Heard): string[] {
  const { dialect, stream } = question
  const { status, text, ending, headers } = heard
  if (ending === 'late') return ['no end within the deadline']
  if (status === 0) return ['no response']
  const wrong = leaks(heard)
  if (status !== 200)
    return [...wrong, ...statusFaults(question, status, answers), ...errorFaults(dialect, text)]
  const isStream = String(headers['content-type']).startsWith('text/event-stream')
  if (isStream !== stream) return [...wrong, 'not of the type that was asked for']
  wrong.push(...(stream ? streamFaults(question, heard) : wholeFaults(heard)))
  if (wrong.length === 0 && isComplete(question, heard) && isCut(question, answers))
    wrong.push('a cut answer looks whole')
  return wrong
}

/** Whether service and client speak the same dialect, with nothing in between. */
function isRelayed({ dialect, kind, body }: Question): boolean {
  if (!isPlain(body) || body['hulumanage_trace']) return false
  if (dialect === 'responses') return kind === 'responses'
  if (dialect === 'messages') return kind === 'anthropic'
  return dialect === 'embeddings' || (dialect === 'chat' && (kind === 'chat' || kind === 'azure'))
}

function isPlain(body: Question['body']): boolean {
  return /^(?:cache-)?m_/.test(String(body['model']))
}

function statusFaults({ isHostile }: Question, status: number, answers: readonly Answer[]): string[] {
  if (status === 500) return ['a 500 of ours']
  const isRefused = isHostile || answers.some(answer => isClientFault(statusOf(answer)) || tellsError(answer))
  return isClientFault(status) && !isRefused ? [`a ${status} though no provider refused`] : []
}

/** Whether an answer holds an error, which counts as a refusal under any status: some are only a message with a code. */
function tellsError({ pieces }: Answer): boolean {
  return /error|overloaded|"(?:code|status)"\s*:\s*"?4\d\d\b/.test(pieces.join(''))
}

function errorFaults(dialect: Question['dialect'], text: string): string[] {
  return jsonFaults(errorShape(dialect), text).map(rule => `error: ${rule}`)
}

function wholeFaults({ text, ending }: Heard): string[] {
  if (ending === 'broken') return ['a whole answer breaks off']
  return jsonFaults(z.unknown(), text)
}

function streamFaults({ dialect }: Question, { text, ending }: Heard): string[] {
  if (/"(?:code|type)":"(?:internal_error|step_failed)"/.test(text)) return ['an internal error']
  const verdict = judgeStream(dialect, text, ending === 'whole')
  const isOpen = verdict.wrong.length === 0 && verdict.ending === 'open' && ending === 'whole'
  return isOpen ? ['a stream just stops'] : []
}

/** Violations of the shapes of a dialect, and of its strict rules if those do not show in the shapes. */
function formFaults(question: Question, { status, text, ending }: Heard): string[] {
  const { dialect, stream } = question
  if (status !== 200) return []
  if (!stream) return orElse(jsonFaults(wholes[dialect], text), () => strictFaults(question, text))
  const verdict = judgeStream(dialect, text, ending === 'whole')
  // A block left open by a broken connection is not a fault of the text.
  return orElse(verdict.wrong, () => (verdict.ending === 'open' ? [] : strictFaults(question, text)))
}

function orElse(found: readonly string[], others: () => string[]): string[] {
  return found.length > 0 ? [...found] : others()
}

/** Relayed bytes of a service are only held to the shapes: their consistency is the service's concern. */
function strictFaults(question: Question, text: string): string[] {
  const { dialect } = question
  const isKnown = dialect === 'chat' || dialect === 'responses' || dialect === 'messages'
  if (!isKnown || isRelayed(question)) return []
  return answerViolations(dialect, text)
}

function isComplete({ dialect, stream }: Question, { text, ending }: Heard): boolean {
  return !stream || judgeStream(dialect, text, ending === 'whole').ending === 'complete'
}

function leaks({ headers, text }: Heard): string[] {
  const wrong: string[] = []
  if (text.includes(providerKey) || JSON.stringify(headers).includes(providerKey))
    wrong.push('tells the key of the provider')
  if (headers['set-cookie']) wrong.push('passes a cookie of the provider on')
  return wrong
}

function jsonFaults(shape: Parameters<typeof shapeViolations>[0], text: string): string[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return ['the body is not JSON']
  }
  return shapeViolations(shape, value)
}

/** A violation without positions, numbers and values of this answer. */
function kindOf(violation: string): string {
  return violation
    .replaceAll(/\[\d+\]/g, '[]')
    .replace(/, received .*/, '')
    .replace('Invalid input: ', '')
}

function isClientFault(status: number): boolean {
  return status >= 400 && status < 500
}

function statusOf({ head }: Answer): number {
  return Number(/^HTTP\/1\.\d (\d+)/.exec(head)?.[1])
}

const finished =
  /"(?:finish_reason|stop_reason|finish)"\s*:\s*(?!null\b|"")|message_stop|response\.(?:completed|incomplete)|"status"\s*:\s*"(?:completed|incomplete)"|\[DONE\]/

/** Whether a plain call got only answers that lack any sign of their end. Compressed ones are not examined. */
function isCut({ body, times }: Question, answers: readonly Answer[]): boolean {
  return isPlain(body) && times === 1 && answers.length > 0 && answers.every(isCutAnswer)
}

function isCutAnswer(answer: Answer): boolean {
  if (/content-encoding/.test(answer.head) || statusOf(answer) !== 200) return false
  const text = answer.pieces.join('')
  if (finished.test(text) || endsWithUsage(text)) return false
  try {
    JSON.parse(text)
    return false
  } catch {
    return true
  }
}

/**
 * Whether usage alone is the last thing that a stream says, which some services send for its end. Events that cannot be read,
 * and those without a choice, say nothing behind it.
 */
function endsWithUsage(text: string): boolean {
  for (const { json } of eventsOf(text, true).toReversed()) {
    const { usage, choices = [] } = Object(json) as { readonly usage?: unknown; readonly choices?: unknown }
    if (Array.isArray(choices) && choices.length > 0) return false
    if (typeof usage === 'object' && usage !== null && Array.isArray(choices)) return true
  }
  return false
}
