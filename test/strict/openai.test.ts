import { openaiViolations } from './openai.ts'
import { accepts, refuses } from './verdicts.ts'

const user = { role: 'user', content: 'What is the weather in Oslo?' }
const fn = (id: string, name = 'weather') => ({ id, type: 'function', function: { name, arguments: '{}' } })
const calling = (...ids: string[]) => ({
  role: 'assistant',
  content: null,
  tool_calls: ids.map(id => fn(id)),
})
const result = (id: string) => ({ role: 'tool', tool_call_id: id, content: '4 degrees' })
const parameters = { type: 'object', properties: { place: { type: 'string' } } }
const tools = [{ type: 'function', function: { name: 'weather', parameters } }]
const closed = { ...parameters, required: ['place'], additionalProperties: false }
const asked = (fields: object = {}) => ({ model: 'gpt-4o', messages: [user], ...fields })
const said = (...messages: object[]) => asked({ messages, tools })
const format = (fields: object) => ({ type: 'json_schema', json_schema: { name: 'place', ...fields } })
const strictly = (schema: object) => asked({ response_format: format({ strict: true, schema }) })
const named = (name: string) => asked({ tools: [{ type: 'function', function: { name, parameters } }] })
const image = { type: 'image_url', image_url: { url: 'https://example.com/a.png', detail: 'low' } }

accepts(openaiViolations, {
  'a question': asked(),
  'all sampling': asked({ temperature: 0.5, top_p: 0.9, stop: ['a', 'b', 'c', 'd'], n: 2, max_tokens: 1 }),
  'a stream': asked({ stream: true, stream_options: { include_usage: true } }),
  parts: asked({ messages: [{ role: 'user', content: [{ type: 'text', text: 'See' }, image] }] }),
  'calls, answered in any order': said(user, calling('a', 'b'), result('b'), result('a'), user),
  'one id in two turns': said(user, calling('a'), result('a'), calling('a'), result('a')),
  'a named result': said(user, calling('a'), { ...result('a'), name: 'weather' }),
  'two system messages': said({ role: 'system', content: 'Hi' }, { role: 'developer', content: 'Hi' }, user),
  'a forced tool': asked({ tools, tool_choice: { type: 'function', function: { name: 'weather' } } }),
  'a refusal alone': said(user, { role: 'assistant', content: null, refusal: 'No.' }, user),
  'a closed schema': strictly(closed),
  'a loose schema': asked({ response_format: format({ schema: parameters }) }),
  'JSON that is asked for': asked({
    messages: [{ role: 'user', content: 'Answer in JSON' }],
    response_format: { type: 'json_object' },
  }),
  'a reasoning model': asked({
    model: 'gpt-5-mini',
    max_completion_tokens: 9,
    reasoning_effort: 'low',
    temperature: 1,
  }),
  'a newer model without effort': asked({ model: 'gpt-5.2', temperature: 0, reasoning_effort: 'none' }),
  'an empty answer in a history': said(user, { role: 'assistant', content: '' }, user),
})

const unknown = 'the service does not know this field'
const few = 'a name has 1 to 64 letters, digits, underscores or dashes'
const reasoning = 'a reasoning model does not take it'

refuses(openaiViolations, [
  ['a body is an object', 'text', 'body: Invalid input: expected object, received string'],
  ['fields are known', asked({ top_k: 3 }), `top_k: ${unknown}`],
  [
    'fields of messages are known',
    said({ ...user, cache_control: {} }),
    `messages[0].cache_control: ${unknown}`,
  ],
  ['there is a message', asked({ messages: [] }), 'messages: Too small: expected array to have >=1 items'],
  [
    'results have calls',
    said(user, result('a')),
    'messages[1]: no open call of the turn before has the id a',
  ],
  [
    'calls have results',
    said(user, calling('a', 'b'), result('a'), user),
    'messages[1]: no tool message answers b',
  ],
  ['the last calls have results', said(user, calling('a')), 'messages[1]: no tool message answers a'],
  [
    'a call has one result',
    said(user, calling('a'), result('a'), result('a')),
    'messages[3]: no open call of the turn before has the id a',
  ],
  [
    'calls of a turn differ by id',
    said(user, calling('a', 'a'), result('a')),
    'messages[1].tool_calls: two calls of a turn have the same id',
  ],
  [
    'ids are short',
    said(user, calling('x'.repeat(41)), result('x'.repeat(41))),
    'messages[1].tool_calls[0].id: an id of a call has at most 40 characters',
  ],
  ['a list of calls is not empty', said(user, calling()), 'messages[1].tool_calls: an empty list is refused'],
  ['names of tools are simple', named('a.b'), `tools[0].function.name: ${few}`],
  ['names of tools are short', named('x'.repeat(65)), `tools[0].function.name: ${few}`],
  ['a list of tools is not empty', asked({ tools: [] }), 'tools: an empty list is refused'],
  ['a choice needs tools', asked({ tool_choice: 'auto' }), 'tool_choice: only allowed where tools are given'],
  [
    'parallel calls need tools',
    asked({ parallel_tool_calls: false }),
    'parallel_tool_calls: only allowed where tools are given',
  ],
  [
    'a turn says something',
    said(user, { role: 'assistant', content: null }),
    'messages[1].content: a turn without calls needs content',
  ],
  [
    'images come from users',
    said({ role: 'system', content: [image] }, user),
    "messages[0].content[0].type: Invalid discriminator value. Expected 'text'",
  ],
  [
    'roles are known',
    said({ role: 'model', content: 'x' }),
    "messages[0].role: Invalid discriminator value. Expected 'system' | 'developer' | 'user' | 'assistant' | 'tool'",
  ],
  [
    'stream options need a stream',
    asked({ stream_options: { include_usage: true } }),
    'stream_options: only allowed where stream is true',
  ],
  [
    'top log probabilities need them all',
    asked({ top_logprobs: 2 }),
    'top_logprobs: only allowed where logprobs is true',
  ],
  [
    'one limit is given',
    asked({ max_tokens: 5, max_completion_tokens: 5 }),
    'max_tokens: not together with max_completion_tokens',
  ],
  ['stop sequences are few', asked({ stop: ['1', '2', '3', '4', '5'] }), 'stop: at most 4 stop sequences'],
  ['choices are few', asked({ n: 129 }), 'n: Too big: expected number to be <=128'],
  [
    'JSON is asked for',
    asked({ response_format: { type: 'json_object' } }),
    'response_format: the messages must say the word json',
  ],
  [
    'a format has a name',
    asked({ response_format: { type: 'json_schema', json_schema: { schema: {} } } }),
    'response_format.json_schema.name: Invalid input: expected string, received undefined',
  ],
  [
    'a strict object is closed',
    strictly({ ...closed, additionalProperties: undefined }),
    'response_format.json_schema.schema: a strict object has additionalProperties: false',
  ],
  [
    'a strict object requires all',
    strictly({ ...closed, required: [] }),
    'response_format.json_schema.schema: a strict object requires place',
  ],
  [
    'a strict schema is an object',
    strictly({ type: 'string' }),
    'response_format.json_schema.schema: a strict schema is an object at its root',
  ],
  [
    'parameters are an object',
    asked({ tools: [{ type: 'function', function: { name: 'f', parameters: {} } }] }),
    'tools[0].function.parameters: a schema of a function is an object',
  ],
  [
    'lists have items',
    asked({
      tools: [
        {
          type: 'function',
          function: { name: 'f', parameters: { type: 'object', properties: { a: { type: 'array' } } } },
        },
      ],
    }),
    'tools[0].function.parameters.properties.a: an array needs items',
  ],
  [
    'o3 wants the newer limit',
    asked({ model: 'o3-mini', max_tokens: 5 }),
    'max_tokens: a reasoning model wants max_completion_tokens',
  ],
  ['o1 fixes the temperature', asked({ model: 'o1', temperature: 0 }), `temperature: ${reasoning}`],
  ['gpt-5 fixes top_p', asked({ model: 'gpt-5', top_p: 0.5 }), `top_p: ${reasoning}`],
  [
    'gpt-5 has no penalties',
    asked({ model: 'gpt-5-nano', presence_penalty: 1 }),
    `presence_penalty: ${reasoning}`,
  ],
  ['gpt-5 has no log probabilities', asked({ model: 'gpt-5', logprobs: true }), `logprobs: ${reasoning}`],
  ['gpt-5 has no stop', asked({ model: 'gpt-5', stop: 'x' }), `stop: ${reasoning}`],
  [
    'gpt-5.2 fixes the temperature while it reasons',
    asked({ model: 'gpt-5.2', reasoning_effort: 'high', temperature: 0 }),
    `temperature: ${reasoning}`,
  ],
  [
    'gpt-4o has no effort',
    asked({ reasoning_effort: 'low' }),
    'reasoning_effort: a model that does not reason does not take it',
  ],
])
