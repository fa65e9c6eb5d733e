import t from 'tap'
import type { Test } from 'tap'
import { eventsOf, eventStream, messageOf } from '../fake-messages.ts'
import { json } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import { call, eventsOf as responseEvents, responseOf } from '../fake-responses.ts'
import { tellAll } from './told.ts'

type Json = Readonly<Record<string, unknown>>

const head = { id: 'c', created: 1, model: 'm' }
const end = 'data: [DONE]\n\n'
const texts = { type: 'anthropic' }
const items = { api: 'responses' }

function chunk(delta: object, finish: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finish }]
  return `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices })}\n\n`
}

/** A stream with one of these calls in each event. */
function stream(...calls: readonly Json[]): Action {
  return eventStream(...calls.map(each => chunk({ tool_calls: [each] })), chunk({}, 'tool_calls'), end)
}

function whole(...calls: readonly Json[]): Action {
  const message = { role: 'assistant', content: null, tool_calls: calls }
  const choices = [{ index: 0, message, finish_reason: 'tool_calls' }]
  return json({ ...head, object: 'chat.completion', choices })
}

/** Each client is told these calls. */
async function calls(
  t: Test,
  action: Action,
  isStream: boolean,
  expected: readonly string[],
  entry?: object,
) {
  for (const told of await tellAll(t, action, isStream, entry)) t.match(told, { calls: expected })
}

// https://github.com/ollama/ollama/pull/12413
t.test('arguments under the name of their declaration are arguments', async t => {
  for (const parameters of [{ a: 1 }, '{"a":1}']) {
    const made = { index: 0, id: 'call_1', type: 'function', function: { name: 'f', parameters } }
    await calls(t, stream(made), true, ['f({"a":1})'])
    await calls(t, whole(made), false, ['f({"a":1})'])
    const { arguments: _arguments, ...item } = { ...call, name: 'f', parameters }
    await calls(t, json(responseOf([item])), false, ['f({"a":1})'], items)
    const block = { type: 'tool_use', id: 'toolu_1', name: 'f', parameters }
    await calls(t, json(messageOf([block], { stop: 'tool_use' })), false, ['f({"a":1})'], texts)
  }
  const both = {
    id: 'call_1',
    type: 'function',
    function: { name: 'f', arguments: '{"a":2}', parameters: { a: 1 } },
  }
  await calls(t, whole(both), false, ['f({"a":2})'])
})

// https://github.com/zxcloli666/AI-Worker-Proxy/pull/10
t.test('a call that has the fields of its function itself is one of that function', async t => {
  await calls(t, whole({ name: 'f', arguments: { a: 1 } }), false, ['f({"a":1})'])
  const pieces = [
    { index: 0, id: 'call_1', name: 'f', arguments: '{"a"' },
    { index: 0, arguments: ':1}' },
  ]
  await calls(t, stream(...pieces), true, ['f({"a":1})'])
  for (const [field, value] of [
    ['arguments', '{"a":1}'],
    ['parameters', { a: 1 }],
  ] as const) {
    for (const empty of [{}, { arguments: '' }, { arguments: '{}' }, { arguments: {} }]) {
      const beside = { [field]: value, function: { name: 'f', ...empty } }
      await calls(t, whole(beside), false, ['f({"a":1})'])
      const within = { name: 'f', ...empty, [field]: value }
      await calls(t, whole({ function: within }), false, ['f({"a":1})'])
      await calls(t, whole({ function: {}, name: 'f', ...empty, [field]: value }), false, ['f({"a":1})'])
      const { arguments: input = {} } = empty as { readonly arguments?: unknown }
      const block = { type: 'tool_use', id: 'toolu_1', name: 'f', input, [field]: value }
      await calls(t, json(messageOf([block], { stop: 'tool_use' })), false, ['f({"a":1})'], texts)
    }
  }
})

// https://github.com/unslothai/unsloth/pull/10059, https://github.com/vercel/ai/issues/6663
t.test('arguments behind a whole object belong to another call, also without an id and a number', async t => {
  const made = (name: string, args: string, more: Json = {}) => ({
    ...more,
    function: { name, arguments: args },
  })
  for (const more of [{ index: 0 }, { id: '' }, { index: 0, id: 'call_0' }]) {
    const same = [made('f', '{"a":1}', more), made('f', '{"a":2}', more), made('g', '{"a":', more)]
    const rest = { ...more, function: { arguments: '3}' } }
    await calls(t, stream(...same, rest), true, ['f({"a":1})', 'f({"a":2})', 'g({"a":3})'])
  }
  const placed = [made('f', '{"a":1}', { index: 0 }), made('f', '{"a":2}', { index: 1 })]
  const third = made('f', '{"a":3}', { index: 0 })
  await calls(t, stream(...placed, third), true, ['f({"a":1})', 'f({"a":2})', 'f({"a":3})'])
  // https://github.com/vllm-project/vllm/issues/44098
  const begun = made('f', '{"a":"x}', { index: 0 })
  await calls(t, stream(begun, made('f', '{"}', { index: 0 })), true, ['f({"a":"x}{"})'])
})

t.test('an empty object among the pieces of arguments is a part of them', async t => {
  for (const field of ['arguments', 'parameters']) {
    const pieces = ['{"filter":', '{}', '}'].map(piece => ({ index: 0, [field]: piece }))
    const [first, ...rest] = pieces
    const made = [{ ...first, id: 'call_1', name: 'f' }, ...rest]
    await calls(t, stream(...made), true, ['f({"filter":{}})'])
    const within = made.map(({ index, ...called }) => ({ index, function: called }))
    await calls(t, stream(...within), true, ['f({"filter":{}})'])
  }
})

t.test('a call that is sent again is the same call, as often as it comes', async t => {
  for (const more of [{ index: 0 }, { index: 0, id: 'call_1' }]) {
    const made = (name: string, args: string) => ({ ...more, function: { name, arguments: args } })
    const sent = made('f', '{"a":1}')
    await calls(t, stream(sent, sent, sent), true, ['f({"a":1})'])
    await calls(t, stream(sent, made('g', '{"a":1}'), sent), true, ['f({"a":1})', 'g({"a":1})', 'f({"a":1})'])
    await calls(t, stream(made('f', '{}'), sent, made('f', '{"a":2}')), true, ['f({"a":1})', 'f({"a":2})'])
    await calls(t, stream(made('f', '{ }'), made('g', '{"a":1}')), true, ['f({', 'g({"a":1})'])
    await calls(t, stream(made('f', '{ }'), sent, made('f', '{ "a": 1 }')), true, ['f({"a":1})'])
  }
})

t.test('the input of a call may be the text of an object', async t => {
  const block = { type: 'tool_use', id: 'toolu_1', name: 'f', input: '{"a":1}' }
  await calls(t, json(messageOf([block], { stop: 'tool_use' })), false, ['f({"a":1})'], texts)
  const events = eventsOf([{ ...block, input: { a: 1 } }], { stop: 'tool_use' })
  const empty = events.map(each =>
    each.includes('content_block_start') ? each.replace('"input":{}', '"input":""') : each,
  )
  t.not(empty.join(''), events.join(''))
  await calls(t, eventStream(...empty), true, ['f({"a":1})'], texts)
})

t.test('the start of a call may have arguments without any field, which say nothing yet', async t => {
  const events = responseEvents(responseOf([{ ...call, name: 'f', arguments: '{"a":1}' }]))
  const begun = events.map(each => each.replace('"arguments":""', '"arguments":{}'))
  t.not(begun.join(''), events.join(''))
  await calls(t, eventStream(...begun), true, ['f({"a":1})'], items)
})

// https://github.com/aaif-goose/goose/issues/6796
t.test('a piece that says nothing of its call begins no other', async t => {
  const nothing = { index: 0, id: '', type: 'function', function: { arguments: null } }
  const made = { index: 0, id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }
  await calls(t, stream(nothing, made), true, ['f({"a":1})'])
  await calls(t, stream(made, nothing), true, ['f({"a":1})'])
})

t.test('the arguments at the end of a call may be an object', async t => {
  const events = responseEvents(responseOf([{ ...call, name: 'f', arguments: '{"a":1}' }]))
  const ended = events
    .filter(each => !each.includes('function_call_arguments.delta'))
    .map(each => (each.includes('arguments.done') ? each.replace('"{\\"a\\":1}"', '{"a":1}') : each))
  t.not(ended.join(''), events.join(''))
  t.match(ended.join(''), '"arguments":{"a":1}')
  await calls(t, eventStream(...ended), true, ['f({"a":1})'], items)
})
