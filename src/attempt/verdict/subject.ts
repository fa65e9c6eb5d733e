import { fieldsOf } from '../../chat/read/fields.ts'
import type { UpstreamErrorBody } from '../../contract/index.ts'
import { subjectRules } from './subject-rules.ts'
import type { Subject, SubjectRule } from './subject-rules.ts'

/**
 * The subject of an error by its code, type and reasons, or by the words of its message; undefined if they do not say.
 * Quotations in a message are left out, because they may repeat the client's own words.
 */
export function subjectOf(body: UpstreamErrorBody | undefined, status: number): Subject | undefined {
  if (!body) return undefined
  const names = [body.code ?? '', body.type, ...reasonsOf(body.details)]
  const says = ({ subject, names: known, words, statuses }: SubjectRule) =>
    names.some(name => known?.some(pattern => pattern.test(name))) ||
    (statuses?.includes(status) === true && isSaid(words, wordsFor(subject, body)))
  return subjectRules.find(says)?.subject
}

function isSaid(words: readonly RegExp[] | undefined, message: string): boolean {
  return words?.some(pattern => pattern.test(message)) === true
}

const aboutAccount: ReadonlySet<Subject> = new Set(['key', 'credit', 'location', 'limit'])
/** Where a quotation begins and ends; an apostrophe is not a quotation mark. */
const marks: readonly (readonly [opening: string, closing: string])[] = [
  ['`', '`'],
  ['"', '"'],
  [String.raw`(?<!\w)'`, String.raw`'(?!\w)`],
  ['“', '”'],
  ['‘', '’'],
  ['„', '[“”]'],
  ['«', '»'],
  ['「', '」'],
  ['『', '』'],
  ['《', '》'],
]
const quoted = new RegExp(marks.map(([opening, closing]) => `${opening}.*?${closing}`).join('|'), 'gs')
/** To the last mark, for a client may use it in its own words, or to the end of a message that is cut off before it. */
const anyQuoted = new RegExp(
  marks.map(([opening, closing]) => `${opening}(?:.*${closing}|.*)`).join('|'),
  'gs',
)
/** Codes that leave it to the message to say what is wrong; those of xAI are sentences. */
const vague =
  /^(?:\d*|invalid_request_error|invalid_argument|failed_precondition|permission[_-](?:denied|error)|forbidden)$|\s/i
/** OpenRouter quotes the service behind it, whose account is not ours. */
const behind = /^Provider returned error\b/
/** An account's faults are stated at once, the client's words come later. */
const accountWords = 120

/**
 * The words that may decide. An account's fault concerns everybody: the words of a request must not be taken for it, nor
 * those of an error about one of its parameters.
 */
function wordsFor(subject: Subject, { message, param, code }: UpstreamErrorBody): string {
  const isAboutPart = param !== null && param !== ''
  if (subject === 'model') return isAboutPart && param !== 'model' ? '' : unquoted(message)
  if (!aboutAccount.has(subject)) return unquoted(message)
  if (isAboutPart || !vague.test(code ?? '') || behind.test(message)) return ''
  return message.replaceAll(anyQuoted, '').slice(0, accountWords)
}

function unquoted(message: string): string {
  return message.replaceAll(quoted, '')
}

/** The reasons in Google's details. */
function reasonsOf(details: object | undefined): readonly string[] {
  if (!Array.isArray(details)) return []
  const reasons = details.map(detail => fieldsOf(detail)?.['reason'])
  return reasons.filter(reason => typeof reason === 'string')
}
