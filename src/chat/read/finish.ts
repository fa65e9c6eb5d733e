import { wordsOf } from './fields.ts'
import { UnreadableAnswer } from './unreadable.ts'

const known: ReadonlySet<unknown> = new Set([
  'stop',
  'length',
  'tool_calls',
  'content_filter',
  'function_call',
])

/** Other words of services, in lower case, for the finish reasons of OpenAI. */
const synonyms: ReadonlyMap<string, string> = new Map([
  ['eos', 'stop'],
  ['eos_token', 'stop'],
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['complete', 'stop'],
  ['completed', 'stop'],
  ['max_tokens', 'length'],
  ['max_output_tokens', 'length'],
  ['model_length', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_use', 'tool_calls'],
  ['tool_call', 'tool_calls'],
  ['tool-calls', 'tool_calls'],
  ['content-filter', 'content_filter'],
  ['contentfilter', 'content_filter'],
  ['safety', 'content_filter'],
  ['recitation', 'content_filter'],
  ['blocklist', 'content_filter'],
  ['prohibited_content', 'content_filter'],
  ['spii', 'content_filter'],
  ['sensitive', 'content_filter'],
  ['refusal', 'content_filter'],
])

/** Words for the lack of a reason, such as Python's for null. */
const nothings: ReadonlySet<string> = new Set(['none', 'null', 'finish_reason_unspecified'])

/** Reasons that a service states for an answer that it could not finish. */
const failures: ReadonlySet<string> = new Set([
  'error',
  'network_error',
  'insufficient_system_resource',
  'malformed_function_call',
  'malformed_response',
  'unexpected_tool_call',
  'too_many_tool_calls',
  'missing_thought_signature',
  // The server of the model ended it: https://github.com/vllm-project/vllm/issues/57082
  'abort',
  'aborted',
])

/** Whether a finish reason is one of OpenAI's. */
export function isKnownFinish(value: unknown): value is string {
  return known.has(value)
}

/**
 * The finish reason in OpenAI's words: clients end a turn, or ask for more, only by those that they know, and a limit that
 * they do not know looks like an end. An unknown word is kept. Undefined for a missing or empty reason. Throws
 * `UnreadableAnswer` if the service says that it failed.
 */
export function readFinish(value: unknown): string | undefined {
  const words = wordsOf(value)
  if (words === undefined || known.has(words)) return words
  // Gemini's name the filter as well: "function_call_filter: MALFORMED_FUNCTION_CALL".
  const lower = words.toLowerCase().replace(/^[a-z_]+: /, '')
  if (nothings.has(lower)) return undefined
  if (failures.has(lower)) throw new UnreadableAnswer(`ended its answer with the reason "${lower}"`)
  return known.has(lower) ? lower : (synonyms.get(lower) ?? words)
}
