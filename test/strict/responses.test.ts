import { responsesViolations } from './responses.ts'
import { accepts, refuses } from './verdicts.ts'

const user = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Weather in Oslo?' }] }
const spoken = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Cold.' }] }
const call = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'weather', arguments: '{}' }
const output = { type: 'function_call_output', call_id: 'call_1', output: '4 degrees' }
const thought = { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'Hm.' }] }
const custom = { type: 'custom_tool_call', call_id: 'call_1', name: 'patch', input: 'x' }
const parameters = { type: 'object', properties: { place: { type: 'string' } } }
const tool = { type: 'function', name: 'weather', parameters, strict: false }
const asked = (fields: object = {}) => ({ model: 'gpt-4.1', input: 'Hi', ...fields })
const said = (...input: object[]) => asked({ input })
const text = (format: object) => asked({ text: { format } })

accepts(responsesViolations, {
  'a question': asked(),
  'a conversation': said({ role: 'developer', content: 'Be brief' }, user, spoken, user),
  'calls and outputs': said(user, call, output),
  'other items between a call and its output': said(user, call, spoken, output),
  'a call of a custom tool': said(user, custom, { ...output, type: 'custom_tool_call_output' }),
  'an output of a call on the service': asked({ previous_response_id: 'resp_1', input: [output] }),
  'an output of a call that is referred to': said({ type: 'item_reference', id: 'fc_1' }, output),
  'a thought': { ...said(user, thought, call, output), model: 'gpt-5' },
  'a sealed thought': {
    ...said(user, { ...thought, encrypted_content: 'x', content: null }, spoken),
    store: false,
    include: ['reasoning.encrypted_content'],
  },
  'tools of all kinds': asked({
    tools: [
      tool,
      { type: 'web_search', external_web_access: true },
      { type: 'custom', name: 'patch' },
      { type: 'namespace', name: 'many', description: 'More', tools: [tool] },
    ],
    tool_choice: { type: 'function', name: 'weather' },
  }),
  'a choice that forces nothing': asked({ tools: [], tool_choice: 'auto', parallel_tool_calls: false }),
  'an image and a file': said({
    role: 'user',
    content: [
      { type: 'input_image', image_url: 'https://example.com/a.png', detail: 'auto' },
      { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,aGk=' },
    ],
  }),
  'a format': text({ type: 'json_schema', name: 'place', schema: parameters }),
  'a reasoning model': asked({
    model: 'o4-mini',
    reasoning: { effort: 'low', summary: 'auto' },
    max_output_tokens: 16,
  }),
})

const unknown = 'the service does not know this field'

refuses(responsesViolations, [
  ['fields are known', asked({ max_tokens: 5 }), `max_tokens: ${unknown}`],
  ['fields of clients are not passed on', asked({ client_metadata: {} }), `client_metadata: ${unknown}`],
  ['fields of items are known', said({ ...user, metadata: {} }), `input[0].metadata: ${unknown}`],
  [
    'items are known',
    said(user, { type: 'tool_use', id: 'x' }),
    'input[1].type: the service does not know this item',
  ],
  ['calls have outputs', said(user, call), 'input[1]: no output follows for the call call_1'],
  ['outputs have calls', said(user, output), 'input[1]: no call before has the id call_1'],
  [
    'an output comes behind its call',
    said(user, output, call),
    'input[1]: no call before has the id call_1',
    'input[2]: no output follows for the call call_1',
  ],
  [
    'an output names its call',
    said(user, call, output, { ...output, call_id: undefined }),
    'input[3].call_id: Invalid input: expected string, received undefined',
    'input[3]: no call before has the id undefined',
  ],
  [
    'ids are of their item',
    said(user, { ...call, id: 'call_1' }, output),
    'input[1].id: an id of this item begins with fc',
  ],
  [
    'ids of messages too',
    said({ ...spoken, id: 'item_1' }, user),
    'input[0].id: an id of this item begins with msg',
  ],
  [
    'ids of custom calls too',
    said({ ...custom, id: 'fc_1' }, { ...output, type: 'custom_tool_call_output' }),
    'input[0].id: an id of this item begins with ctc',
  ],
  [
    'ids are simple',
    said(user, { ...call, id: 'fc_a:1' }, output),
    'input[1].id: an id has 1 to 64 letters, digits, underscores or dashes',
  ],
  [
    'names are short',
    said(user, { ...call, name: 'x'.repeat(65) }, output),
    'input[1].name: a name has 1 to 64 letters, digits, underscores or dashes',
  ],
  [
    'a model does not say input',
    said({ role: 'assistant', content: user.content }, user),
    "input[0].content[0].type: Invalid discriminator value. Expected 'output_text' | 'refusal'",
  ],
  [
    'a user does not say output',
    said({ role: 'user', content: spoken.content }),
    "input[0].content[0].type: Invalid discriminator value. Expected 'input_text' | 'input_image' | 'input_file'",
  ],
  ['a thought is not the last', said(user, thought), 'input[1]: what a thought led to must follow it'],
  [
    'a thought leads to no question',
    said(user, thought, user),
    'input[1]: what a thought led to must follow it',
  ],
  [
    'a thought is sealed where nothing is kept',
    { ...said(user, thought, spoken), store: false },
    'input[1]: without a store, a thought needs its encrypted content',
  ],
  [
    'a thought has a summary',
    said(user, { ...thought, summary: undefined }, spoken),
    'input[1].summary: Invalid input: expected array, received undefined',
  ],
  [
    'a maximum is large enough',
    asked({ max_output_tokens: 15 }),
    'max_output_tokens: a maximum is 16 at least',
  ],
  [
    'tools are flat',
    asked({ tools: [{ type: 'function', function: tool }] }),
    'tools[0].name: Invalid input: expected string, received undefined',
    `tools[0].function: ${unknown}`,
  ],
  [
    'tools are known',
    asked({ tools: [{ type: 'bash_20250124', name: 'bash' }] }),
    'tools[0].type: the service does not know this type of tool',
  ],
  [
    'a forced choice needs tools',
    asked({ tool_choice: 'required' }),
    'tool_choice: only allowed where tools are given',
  ],
  [
    'includes are known',
    asked({ include: ['usage'] }),
    'include[0]: Invalid option: expected one of "file_search_call.results"|"web_search_call.results"|"web_search_call.action.sources"|"message.input_image.image_url"|"computer_call_output.output.image_url"|"code_interpreter_call.outputs"|"reasoning.encrypted_content"|"message.output_text.logprobs"',
  ],
  [
    'stream options need a stream',
    asked({ stream_options: {} }),
    'stream_options: only allowed where stream is true',
  ],
  [
    'usage is not a stream option',
    asked({ stream: true, stream_options: { include_usage: true } }),
    `stream_options.include_usage: ${unknown}`,
  ],
  [
    'one past is given',
    asked({ previous_response_id: 'resp_1', conversation: 'conv_1' }),
    'conversation: not together with previous_response_id',
  ],
  ['the background needs a store', asked({ background: true, store: false }), 'background: needs a store'],
  [
    'a format has a name',
    text({ type: 'json_schema', schema: {} }),
    'text.format.name: Invalid input: expected string, received undefined',
  ],
  [
    'a strict format is closed',
    text({ type: 'json_schema', name: 'x', strict: true, schema: { type: 'object' } }),
    'text.format.schema: a strict object has additionalProperties: false',
  ],
  ['JSON is asked for', text({ type: 'json_object' }), 'text.format: the input must say the word json'],
  [
    'a strict tool is closed',
    asked({ tools: [{ ...tool, strict: true, parameters: { type: 'object' } }] }),
    'tools[0].parameters: a strict object has additionalProperties: false',
  ],
  [
    'a reasoning model fixes the temperature',
    asked({ model: 'gpt-5', temperature: 0.5 }),
    'temperature: a reasoning model does not take it',
  ],
  [
    'gpt-4.1 has no effort',
    asked({ reasoning: { effort: 'low' } }),
    'reasoning.effort: a model that does not reason does not take it',
  ],
])
