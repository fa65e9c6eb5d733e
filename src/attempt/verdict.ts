import { fieldsOf } from '../chat/read/fields.ts'
import type { UpstreamErrorBody } from '../contract/index.ts'

/** The subject of an error, as the service states it. */
export type Subject =
  /** The request is too long for the model. */
  | 'length'
  /** The request needs more than the rate limit allows at any time. */
  | 'size'
  /** The input was flagged. */
  | 'moderation'
  /** Something in the request that this model or account lacks, such as tools or a stored object. */
  | 'feature'
  /** The service does not serve our part of the world. */
  | 'location'
  /** The account has no credit left. */
  | 'credit'
  /** The key or its account is invalid, expired or disabled. */
  | 'key'
  /** The service does not have the model, or not for this key. */
  | 'model'
  | 'overload'
  | 'limit'

interface Rule {
  readonly subject: Subject
  /** A code, type or reason, of whatever status. */
  readonly names?: RegExp
  /** Words of the message, if the status is one of `statuses`. */
  readonly words?: RegExp
  readonly statuses?: readonly number[]
}

const refusals = [400, 403, 404, 413, 422, 451]
const accountStatuses = [400, 403, 429]

/** In the order in which they are tried: the first that matches decides. */
const rules: readonly Rule[] = [
  {
    subject: 'key',
    names:
      /^(?:(?:invalid|incorrect)_api_key|api_key_(?:invalid|expired|not_valid|not_found|service_blocked)|(?:account|organization|project|api_key|key|user)_(?:deactivated|disabled|suspended|deleted|blocked|restricted)|consumer_suspended|access_token_expired|unauthenticated)$/i,
    words:
      /\bapi.?key (?:is |was |has )?(?:been )?(?:not valid|invalid|expired|not found|disabled|revoked|deleted|blocked|suspended)|\b(?:invalid|incorrect|expired|wrong|missing) api.?key|\b(?:organization|account|project) (?:has been|is|was) (?:disabled|deactivated|suspended|deleted|blocked|restricted)/i,
    statuses: accountStatuses,
  },
  {
    subject: 'credit',
    names:
      /^(?:insufficient_(?:quota|credits?|balance|funds|user_quota)|billing_hard_limit_reached|billing_(?:not_active|error)|payment_required|exceeded_current_quota_error|out_of_credits|budget_exceeded|account_?overdue(?:_?error)?|arrearage)$/i,
    words:
      /\bcredit balance\b|\binsufficient (?:credits?|balance|funds|quota|account balance)\b|\breached your specified (?:api )?usage limits?\b|\bspending limit\b|\bbilling hard limit\b|\bnot enough credits\b|\bdoes(?:n't| not) have any credits\b|\bbalance is insufficient\b|\bkey limit exceeded\b|\bbudget has been exceeded\b/i,
    statuses: accountStatuses,
  },
  {
    subject: 'location',
    names: /^unsupported_(?:country_region_territory|location|region|country)$/i,
    words: /\b(?:location|country|region|territory)\b.{0,40}\b(?:not supported|unsupported|not available)\b/i,
    statuses: [400, 403, 451],
  },
  {
    subject: 'moderation',
    names:
      /^(?:content_filter|content_policy(?:_violation)?|moderation_blocked|data_inspection_failed|responsible_?ai_?policy_?violation|input_flagged)$/i,
    words:
      /\b(?:input|prompt|content|request|message)s? (?:was|were|has been|is|are) (?:flagged|blocked|filtered)|\brequires moderation\b|\bcontent (?:management )?policy\b|\bsafety (?:system|filter|policy)\b/i,
    statuses: [400, 403, 422, 451],
  },
  {
    // Of the account, not of the model: a smaller request is served, and another account may take this one.
    subject: 'size',
    names: /^tokens_limit_reached$/i,
    words:
      /\brequest too large\b|\bmust be reduced\b|\breduce your message size\b|\bcan only afford [1-9]|\btoken capacity required, [1-9]|\bprompt tokens limit exceeded\b|\bfor long context\b/i,
    statuses: [402, 413, 429],
  },
  {
    subject: 'limit',
    names: /rate_?limit|usage_limit_(?:reached|exceeded)|resource_?exhausted|throttl|too_?many_?requests/i,
    words: /\brate limit (?:exceeded|reached)\b|\btoo many requests\b|\brequest was throttled\b/i,
    statuses: [400, 403],
  },
  {
    subject: 'length',
    names: /^(?:context_length_exceeded|exceed_context_size_error)$/i,
    words:
      /prompt is too long|maximum context length|context (?:window|length|size)|too many (?:input )?tokens/i,
    statuses: [400, 413, 422],
  },
  {
    subject: 'feature',
    names: /^(?:previous_response|response|file|vector_store|conversation|container)_not_found$/i,
    words:
      /\bno endpoints? (?:found|available) (?:that|which|matching|with)\b|\b(?:item|response|file|conversation|container|vector store|assistant|thread)\b(?! model).{0,80}\bnot found\b/i,
    statuses: [404],
  },
  {
    // Ollama's, vLLM's and DeepSeek's: another server may have the model with tools.
    subject: 'feature',
    words: /\bdoes not support (?:tools|tool use|function calling)\b|\brequires --enable-auto-tool-choice\b/i,
    statuses: [400, 422, 501],
  },
  {
    // Accounts that may not stream, have no long context, or serve one program only; Azure's models that have another API.
    subject: 'feature',
    words:
      /\borganization must be verified to (?:stream|generate)\b|\blong context beta is not (?:yet )?available\b|\bcredential is only authorized for use with\b|\boperation does not work with the specified model\b/i,
    statuses: [400, 403],
  },
  {
    subject: 'model',
    names:
      /^(?:(?:model|deployment)_?(?:not_?found|not_?exist|not_?available|not_?supported|decommissioned|terms_required)|(?:invalid|unknown)_model|no_such_model)$/i,
    words:
      /\bmodel not (?:exist|found)|\bmodel\b[^.]{0,80}\b(?:do(?:es)? not exist|doesn't exist|not found|is not available|has been (?:deprecated|decommissioned|removed|shut down))|\bis not a valid model\b|\bmodel is not supported (?:when using|by any)\b|\bsupported (?:api )?model names are\b|\b(?:invalid|unknown|no such) model\b(?! (?:param|option|field|setting))|\b(?:no access|not have access|not allowed to access) (?:to )?(?:the |this )?model\b|\bmodels\/\S+ is not found|\bno (?:available )?(?:channels?|endpoints?|deployments?) (?:found |available )?for\b/i,
    statuses: [...refusals, 401, 503],
  },
  {
    subject: 'overload',
    names: /overloaded|^(?:slow_down|server_busy|service_busy)$/i,
    words:
      /\boverloaded\b|\b(?:at|over|out of) capacity\b|\b(?:service|server|system) is (?:too |currently )?busy\b/i,
    statuses: [500, 502, 503],
  },
  {
    // Said as if the request were at fault: by NVIDIA, and by OpenAI in a stream.
    subject: 'overload',
    words: /\bmodel is (?:currently )?at capacity\b|\bdegraded function cannot be invoked\b/i,
    statuses: [400],
  },
]

/**
 * The subject of an error by its code, type and reasons, or by the words of its message; undefined if they do not say.
 * Quotations in a message are left out, because they may repeat the client's own words.
 */
export function subjectOf(body: UpstreamErrorBody | undefined, status: number): Subject | undefined {
  if (!body) return undefined
  const names = [body.code ?? '', body.type, ...reasonsOf(body.details)]
  const says = ({ subject, names: known, words, statuses }: Rule) =>
    names.some(name => known?.test(name)) ||
    (statuses?.includes(status) === true && words?.test(wordsFor(subject, body)) === true)
  return rules.find(says)?.subject
}

const aboutAccount: ReadonlySet<Subject> = new Set(['key', 'credit', 'location', 'limit'])
const quoted = /`[^`]*`|"[^"]*"|(?<!\w)'[^']*'(?!\w)/g
/** From the first quotation mark to the last: a client may use the mark itself. */
const anyQuoted = /`.*`|".*"|(?<!\w)'.*'(?!\w)/gs
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
