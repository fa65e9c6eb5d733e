type Json = Readonly<Record<string, unknown>>

const parameters = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }
const image = 'data:image/png;base64,AAAA'
const pdf = { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' }
const format = { type: 'json_schema', json_schema: { name: 'j', schema: parameters, strict: true } }

const chat: Json = {
  model: 'm',
  stop: ['x'],
  reasoning: { effort: 'low' },
  thinking: { type: 'enabled', budget_tokens: 2000 },
  response_format: format,
  tool_choice: { type: 'function', function: { name: 'f' } },
  tools: [
    { type: 'function', function: { name: 'f', description: 'd', parameters, strict: true } },
    {
      type: 'custom',
      custom: { name: 'c', format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'x' } } },
    },
  ],
  stream_options: { include_usage: true },
  metadata: { user_id: 'x' },
  extra_body: { google: { thinking_config: {} } },
  messages: [
    { role: 'system', content: [{ type: 'text', text: 's', cache_control: { type: 'ephemeral' } }] },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'x' },
        { type: 'image_url', image_url: { url: image, detail: 'low' } },
        { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
        { type: 'file', file: pdf },
      ],
    },
    {
      role: 'assistant',
      content: 'a',
      reasoning_content: 'r',
      thinking_blocks: [{ type: 'thinking', thinking: 't', signature: 's' }],
      reasoning_details: [{ type: 'reasoning.text', text: 't', signature: 's', index: 0 }],
      tool_calls: [
        {
          id: 'c1',
          type: 'function',
          function: { name: 'f', arguments: '{"a":1}' },
          extra_content: { google: { thought_signature: 'x' } },
        },
      ],
    },
    { role: 'tool', tool_call_id: 'c1', content: [{ type: 'text', text: 'r' }] },
    { role: 'user', content: 'q', name: 'bob' },
  ],
}

const messages: Json = {
  model: 'm',
  max_tokens: 2000,
  stop_sequences: ['x'],
  thinking: { type: 'enabled', budget_tokens: 1024 },
  metadata: { user_id: 'u' },
  system: [{ type: 'text', text: 's', cache_control: { type: 'ephemeral', ttl: '5m' } }],
  output_config: { effort: 'low', format: { type: 'json_schema', schema: parameters } },
  context_management: { edits: [{ type: 'clear_thinking_20251015' }] },
  tool_choice: { type: 'tool', name: 'f' },
  tools: [
    { name: 'f', description: 'd', input_schema: parameters },
    { type: 'web_search_20250305', name: 'web_search' },
  ],
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'x' },
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
        { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'd' }, title: 't' },
      ],
    },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 't', signature: 's' },
        { type: 'redacted_thinking', data: 'd' },
        { type: 'text', text: 'a', citations: [{ type: 'char_location', cited_text: 'x' }] },
        { type: 'server_tool_use', id: 's1', name: 'web_search', input: { query: 'q' } },
        {
          type: 'web_search_tool_result',
          tool_use_id: 's1',
          content: [{ type: 'web_search_result', url: 'u' }],
        },
        { type: 'tool_use', id: 'c1', name: 'f', input: { a: 1 } },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'c1', content: [{ type: 'text', text: 'r' }] },
        { type: 'text', text: 'q' },
      ],
    },
  ],
}

const responses: Json = {
  model: 'm',
  instructions: 'i',
  reasoning: { effort: 'low', summary: 'auto' },
  text: { format: { type: 'json_schema', name: 'j', schema: parameters }, verbosity: 'low' },
  include: ['reasoning.encrypted_content'],
  metadata: { a: 'b' },
  prompt_cache_key: 'k',
  tool_choice: { type: 'function', name: 'f' },
  tools: [
    { type: 'function', name: 'f', parameters, strict: true },
    { type: 'custom', name: 'c', format: { type: 'grammar', syntax: 'lark', definition: 'x' } },
    { type: 'namespace', name: 'n', tools: [{ type: 'function', name: 'g', parameters }] },
    { type: 'web_search', filters: {} },
  ],
  input: [
    { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 's' }] },
    {
      role: 'user',
      content: [
        { type: 'input_text', text: 'x' },
        { type: 'input_image', image_url: image },
        { type: 'input_file', ...pdf },
      ],
    },
    { type: 'reasoning', id: 'rs', summary: [{ type: 'summary_text', text: 't' }], encrypted_content: 'e' },
    {
      type: 'message',
      role: 'assistant',
      id: 'msg',
      content: [{ type: 'output_text', text: 'a', annotations: [{ type: 'url_citation', url: 'u' }] }],
    },
    { type: 'function_call', id: 'fc', call_id: 'c1', name: 'f', arguments: '{}' },
    { type: 'function_call_output', call_id: 'c1', output: [{ type: 'input_text', text: 'r' }] },
    { type: 'custom_tool_call', call_id: 'c2', name: 'c', input: 'x' },
    { type: 'custom_tool_call_output', call_id: 'c2', output: 'y' },
    { type: 'local_shell_call', id: 'l', call_id: 'c3', action: { type: 'exec', command: ['ls'] } },
    { type: 'local_shell_call_output', id: 'l', output: 'x' },
    { role: 'user', content: 'q' },
  ],
}

/** A request of each dialect that uses most of its fields, by its path. */
export const requests: Readonly<Record<string, Json>> = {
  '/v1/chat/completions': chat,
  '/v1/messages': messages,
  '/v1/responses': responses,
}

type Place = readonly (string | number)[]

/** The place of each value in a request but its model. */
export function* placesIn(value: unknown, at: Place = []): Generator<Place> {
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) {
    if (at.length === 0 && key === 'model') continue
    yield [...at, key]
    yield* placesIn(inner, [...at, key])
  }
}

/** A copy of a request with another value at a place. */
export function withValue(request: Json, place: Place, value: unknown): Json {
  const copy = structuredClone(request)
  let holder = copy as Record<string | number, unknown>
  for (const key of place.slice(0, -1)) holder = holder[key] as Record<string | number, unknown>
  holder[place.at(-1)!] = value
  return copy
}
