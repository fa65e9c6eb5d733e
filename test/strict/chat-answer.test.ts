import { answerViolations } from './answers.ts'
import { but } from './frames.ts'
import { accepts, refuses } from './verdicts.ts'

const check = (body: unknown) => answerViolations('chat', String(body))

type Json = Record<string, unknown>

const head = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm' }
const data = (value: unknown) => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`
const chunk = (delta: Json, finish: string | null = null, fields: Json = {}) =>
  data({ ...head, choices: [{ index: 0, delta, finish_reason: finish }], ...fields })
const piece = (fields: Json) => ({ tool_calls: [{ index: 0, ...fields }] })
const first = (fields: Json) => ({ role: 'assistant', ...piece(fields) })
const begun = first({ id: 'call_1', type: 'function', function: { name: 'weather', arguments: '' } })
const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
const text = [
  chunk({ role: 'assistant', content: '' }),
  chunk({ content: 'Hi' }),
  chunk({}, 'stop'),
  data('[DONE]'),
]
const calls = [
  chunk(begun),
  chunk(piece({ function: { arguments: '{}' } })),
  chunk({}, 'tool_calls'),
  data('[DONE]'),
]
const failed = data({ error: { message: 'Broke off', type: 'upstream_error', code: null, param: null } })
const completion = (fields: Json = {}) => ({
  ...head,
  object: 'chat.completion',
  choices: [
    { index: 0, message: { role: 'assistant', content: 'Hi', refusal: null }, finish_reason: 'stop' },
  ],
  usage,
  ...fields,
})
const choice = (fields: Json) =>
  JSON.stringify(completion({ choices: [{ ...completion().choices[0], ...fields }] }))

accepts(check, {
  'a stream': text.join(''),
  'a stream with comments and usage': but(
    text,
    3,
    ': waiting\n',
    data({ ...head, choices: [], usage }),
    data('[DONE]'),
  ),
  'a stream with a call': calls.join(''),
  'a stream that breaks off with an error': but(text, 2, failed).replace(data('[DONE]'), ''),
  'a whole': JSON.stringify(completion()),
  'an error': JSON.stringify({
    error: { message: 'No', type: 'invalid_request_error', param: null, code: null },
  }),
})

refuses(check, [
  [
    'no event is empty',
    but(text, 3, ': waiting\n\n', data('[DONE]')),
    'events[3]: an empty line without data before it',
  ],
  ['a stream ends with [DONE]', but(text, 3), 'body: [DONE] is missing'],
  ['nothing follows [DONE]', text.join('') + text[1], 'events[4]: nothing follows [DONE]'],
  ['nothing follows an error', but(text, 2, failed), 'events[3]: nothing follows an error'],
  ['each choice ends', but(text, 2), 'body: choice 0 has no finish_reason'],
  ['a choice is told', data('[DONE]'), 'body: no choice was told'],
  [
    'a choice ends once',
    but(text, 2, chunk({}, 'stop'), chunk({ content: 'more' })),
    'events[3].choices[0]: this choice has ended',
  ],
  [
    'a choice names its role at once',
    but(text, 0),
    'events[0].choices[0].delta.role: the first chunk of a choice names its role',
  ],
  [
    'an end is no empty text',
    but(text, 1, chunk({ content: 'Hi' }, '')),
    'events[1].choices[0].finish_reason: Too small: expected string to have >=1 characters',
  ],
  [
    'chunks have one id',
    but(text, 1, chunk({ content: 'Hi' }, null, { id: 'other' })),
    'events[1].id: all chunks have one id',
  ],
  ['an event is an object', but(text, 1, data('null')), 'events[1]: is no JSON object'],
  [
    'an event has choices',
    but(text, 1, data(head)),
    'events[1].choices: Invalid input: expected array, received undefined',
  ],
  [
    'a stream ends with an event',
    text.join('').slice(0, -1),
    'body: the stream ends in the middle of an event',
    'body: [DONE] is missing',
  ],
  [
    'lines are of events',
    but(text, 1, 'data: {\n"id": 1}\n\n'),
    'events[1]: not a line of an event: "id": 1}',
    'events[1]: is no JSON object',
  ],
  [
    'a call begins with its id',
    but(calls, 0, chunk(first({ type: 'function', function: { name: 'f' } }))),
    'events[0].choices[0].delta.tool_calls[0].id: a call begins with its id',
  ],
  [
    'a call begins with its name',
    but(calls, 0, chunk(first({ id: 'a', type: 'function' }))),
    'events[0].choices[0].delta.tool_calls[0].function.name: a call begins with its name',
  ],
  [
    'a call begins with its type',
    but(calls, 0, chunk(first({ id: 'a', function: { name: 'f' } }))),
    'events[0].choices[0].delta.tool_calls[0].type: a call begins with its type',
  ],
  [
    'a call keeps its id',
    but(calls, 1, chunk(piece({ id: 'call_2' }))),
    'events[1].choices[0].delta.tool_calls[0].id: a call keeps its id',
  ],
  [
    'figures are numbers',
    but(text, 3, data({ ...head, choices: [], usage: { ...usage, total_tokens: null } }), data('[DONE]')),
    'events[3].usage.total_tokens: Invalid input: expected number, received null',
  ],
  [
    'a whole has choices',
    JSON.stringify(completion({ choices: [] })),
    'choices: Too small: expected array to have >=1 items',
  ],
  [
    'a whole says why it ended',
    choice({ finish_reason: null }),
    'choices[0].finish_reason: Invalid input: expected string, received null',
  ],
  [
    'choices stand in order',
    choice({ index: 1 }),
    'choices[0].index: choices stand in the order of their indices',
  ],
  ['a whole is JSON', '{"id":', 'body: is no JSON'],
])
