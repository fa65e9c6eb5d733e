/** Fields of a chat that other formats have under the same name, or that a client may add. */
const ofChat = [
  'frequency_penalty',
  'logit_bias',
  'prediction',
  'presence_penalty',
  'prompt_cache_key',
  'prompt_cache_retention',
  'safety_identifier',
  'seed',
  'service_tier',
  'stop',
  'temperature',
  'top_p',
  'user',
]

/** Documented fields of services and servers with OpenAI's chat API, which SDKs put beside the others (`extra_body`). */
const ofServices = [
  'chat_template_kwargs',
  'documents',
  'enable_search',
  'enable_thinking',
  'extra_body',
  'google',
  'guided_choice',
  'guided_grammar',
  'guided_json',
  'guided_regex',
  'ignore_eos',
  'include_reasoning',
  'length_penalty',
  'min_p',
  'min_tokens',
  'models',
  'num_ctx',
  'output_config',
  'plugins',
  'prompt_mode',
  'provider',
  'random_seed',
  'reasoning_format',
  'repetition_penalty',
  'route',
  'safe_prompt',
  'search_mode',
  'search_parameters',
  'search_recency_filter',
  'search_domain_filter',
  'skip_special_tokens',
  'stop_token_ids',
  'structured_outputs',
  'thinking',
  'thinking_budget',
  'top_a',
  'top_k',
  'transforms',
  'typical_p',
  'web_search_options',
]

const passed: ReadonlySet<string> = new Set([...ofChat, ...ofServices])

/**
 * The fields of a body in another format that pass into a chat under their own names. It is a list of what may pass, since
 * formats grow: fields that only their own servers know would be refused by others. What a literal `extra_body` holds
 * passes whatever its name, unless the format itself has a field of that name. `known` are the fields of the format.
 */
export function passedFields(
  body: Readonly<Record<string, unknown>>,
  extra: ReadonlySet<string>,
  known: ReadonlySet<string>,
): Record<string, unknown> {
  const fields: Record<string, unknown> = {}
  for (const [field, value] of Object.entries(body))
    if (value != null && !known.has(field) && (passed.has(field) || extra.has(field))) fields[field] = value
  return fields
}
