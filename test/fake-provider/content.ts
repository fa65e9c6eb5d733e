import type { ReceivedRequest } from './received.ts'

export type Json = Readonly<Record<string, unknown>>
export type Headers = Readonly<Record<string, string | number>>

/**
 * The output of a model: a text, one text for each choice in turn, an assistant message, or a whole completion object.
 */
export type Content = string | readonly string[] | Json

export interface ChoiceOptions {
  /** Answers with one choice, whatever `n` is. */
  readonly ignoreN?: boolean
  /** Answers a request for several choices with a 400. */
  readonly rejectN?: boolean
  /**
   * Usage to report, right or wrong; false for none. A stream reports it on request, and always if set to
   * true or to numbers.
   */
  readonly usage?: boolean | Json
  /** The finish reason of the choices; null if a stream never sends one. */
  readonly finish?: string | null
}

/** Counts the choices of an answer. */
export function choiceCount(request: ReceivedRequest, { ignoreN = false }: ChoiceOptions): number {
  const { n } = request.body
  return ignoreN || typeof n !== 'number' ? 1 : n
}

/** Whether the script refuses requests for several choices. */
export function refuses(request: ReceivedRequest, { rejectN = false }: ChoiceOptions): boolean {
  return rejectN && choiceCount(request, {}) > 1
}

/** Fields that an answer and each chunk of it share. */
export function answerHead(request: ReceivedRequest, object: string): Json {
  return {
    id: `chatcmpl-fake-${request.order}`,
    object,
    created: 1_700_000_000,
    model: request.body['model'] ?? 'fake-model',
  }
}

/** A `chat.completion` object with the content in each choice. */
export function completionOf(content: Content, request: ReceivedRequest, options: ChoiceOptions): Json {
  if (isObject(content) && 'choices' in content) return content
  const n = choiceCount(request, options)
  const choices = Array.from({ length: n }, (_, index) => {
    const message = messageOf(content, index)
    return { index, message, logprobs: null, finish_reason: finishOf(message, options) }
  })
  const usage = options.usage === false ? {} : { usage: usageOf(options, n) }
  return { ...answerHead(request, 'chat.completion'), choices, ...usage }
}

/** Splits content into the pieces in which it is streamed: a text into words. */
export function piecesOf(
  content: Content,
  request: ReceivedRequest,
  options: ChoiceOptions,
): (string | Json)[] {
  if (typeof content === 'string') return content.match(/\S+\s*|\s+/g) ?? []
  const { choices } = completionOf(content, request, options) as { choices: readonly { message: Json }[] }
  return choices.map(({ message }, index) => delta(message, index))
}

/** An event with a piece of one choice that is more than text, such as a fragment of a tool call. */
export function delta(part: Json, index = 0, finish: string | null = null): Json {
  return { choices: [{ index, delta: part, finish_reason: finish }] }
}

/** The usage to report for an answer with `choices` choices. */
export function usageOf({ usage }: ChoiceOptions, choices: number): Json {
  if (typeof usage === 'object') return usage
  const completionTokens = 5 * choices
  return { prompt_tokens: 7, completion_tokens: completionTokens, total_tokens: 7 + completionTokens }
}

/** The finish reason of a choice with this content. */
export function finishOf(content: Content, { finish }: ChoiceOptions): string | null {
  if (finish !== undefined) return finish
  return isObject(content) && content['tool_calls'] ? 'tool_calls' : 'stop'
}

/** An error in OpenAI's shape. */
export function errorBody(message: string, code: string | null = null, param: string | null = null): Json {
  return { error: { message, type: 'scripted_error', param, code } }
}

/** The body of the answer of `rejectN`. */
export const tooManyChoices = errorBody('n must be 1', 'unsupported_value', 'n')

function messageOf(content: Content, index: number): Json {
  if (typeof content === 'string') return { role: 'assistant', content }
  if (isObject(content)) return { role: 'assistant', ...content }
  return { role: 'assistant', content: content[index % content.length] ?? '' }
}

function isObject(content: Content): content is Json {
  return typeof content === 'object' && !Array.isArray(content)
}
