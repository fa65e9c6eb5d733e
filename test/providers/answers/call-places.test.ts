import t from 'tap'
import { withChangedChoices } from '../../../src/providers/answers/changed-choices.ts'
import { textCalls } from '../../../src/providers/answers/text-calls/text-calls.ts'

const parameters = {
  type: 'object',
  properties: {
    id: { type: 'integer' },
    size: { allOf: [{ type: 'number' }] },
    kind: { $ref: '#/$defs/Kind' },
  },
  $defs: { Kind: { enum: [1, 2] } },
}
const tools = [
  { type: 'function', function: { name: 'delete_all', parameters } },
  { type: 'function', function: { name: 'list', parameters } },
]
const request = { model: 'm', messages: [], tools }
const call = '<tool_call>{"name":"delete_all","arguments":{}}</tool_call>'

function callsIn(content: string, asked: object = {}, message: object = {}) {
  const choice = { index: 0, message: { role: 'assistant', content, ...message }, finish_reason: 'stop' }
  const { message: told } = textCalls({ ...request, ...asked }).whole(choice)
  return (told.tool_calls ?? []).map(({ function: made }) => `${made?.name}${made?.arguments}`)
}

/** The events of a stream with one piece of the text in each, as the client gets them. */
function streamed(pieces: readonly string[]): string {
  const answers = withChangedChoices(undefined, textCalls(request))
  const translate = answers.events()
  const chunk = (delta: object, finish_reason: string | null = null) =>
    `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] })}\n\n`
  const events = [...pieces.map(content => chunk({ content })), chunk({}, 'stop'), 'data: [DONE]\n\n']
  return events.map(event => translate(event)).join('')
}

t.test('a text that explains a call makes none, whole or in pieces', t => {
  for (const text of [
    `Never write ${call}`,
    'To delete everything, I would send <function=delete_all></function>',
    'The Mistral template ends with [TOOL_CALLS]delete_all{}',
    `> ${call}`,
    `For example:\n\`\`\`xml\n${call}`,
    `For example:\n~~~\n${call}`,
    `<think>Should I send it?\n${call}`,
  ]) {
    t.same(callsIn(text), [], text)
    t.notMatch(streamed(text.split('')), '"tool_calls"', text)
    t.notMatch(streamed(text.split(/(?=[<[])/)), '"tool_calls"', text)
  }
  t.end()
})

t.test('a call at the start of a line, or right behind a sentence if its template has no line break', t => {
  for (const text of [
    call,
    `I will. \n  ${call}`,
    `\`\`\`sh\nls\n\`\`\`\n${call}`,
    `<think>Should I?</think>${call}`,
    'I will:[TOOL_CALLS]delete_all{}',
  ]) {
    t.same(callsIn(text), ['delete_all{}'], text)
    t.match(streamed(text.split('')), '"tool_calls"', text)
    t.match(streamed(text.split(/(?=[<[])/)), '"tool_calls"', text)
  }
  t.end()
})

t.test('numbers keep the digits that JavaScript cannot represent, in every form', t => {
  const id = '{"id":12345678901234567890}'
  for (const text of [
    `[TOOL_CALLS][{"name":"list","arguments":${id},"id":"abc"}]`,
    `<|python_tag|>{"type":"function","name":"list","parameters":${id}}`,
    `<tool_call>{"arguments":${id},"name":"list"}</tool_call>`,
    '<function=list><parameter=id>12345678901234567890</parameter></function>',
  ])
    t.same(callsIn(text), [`list${id}`], text)
  t.end()
})

t.test('a value has the type of its schema, also by reference, parts and values', t => {
  const given = (key: string, value: string) =>
    callsIn(`<function=list><parameter=${key}>${value}</parameter></function>`)
  t.same(given('size', '1.5'), ['list{"size":1.5}'])
  t.same(given('size', '1e999'), ['list{"size":"1e999"}'])
  t.same(given('kind', '2'), ['list{"kind":2}'])
  t.same(given('id', '1.5'), ['list{"id":"1.5"}'])
  t.same(given('id', '5.0'), ['list{"id":5}'])
  t.end()
})

t.test('only calls that the request allows are made', t => {
  const forced = { tool_choice: { type: 'function', function: { name: 'list' } } }
  const one = { type: 'function', function: { name: 'list' } }
  const allowed = {
    tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [one] } },
  }
  for (const asked of [forced, allowed]) {
    t.same(callsIn(call, asked), [])
    t.same(callsIn('[TOOL_CALLS]list{}', asked), ['list{}'])
  }
  const both = `${call}\n[TOOL_CALLS]list{}`
  t.same(callsIn(both), ['delete_all{}', 'list{}'])
  t.same(callsIn(both, { parallel_tool_calls: false }), ['delete_all{}'])
  t.same(callsIn(call, {}, { function_call: { name: 'list', arguments: '{}' } }), [])
  t.end()
})

t.test('calls of Llama are read with the mark between them, and too many calls are text', t => {
  const text = '<|python_tag|>{"name":"list","parameters":{}}; {"name":"delete_all","parameters":{}}'
  t.same(callsIn(text), ['list{}', 'delete_all{}'])
  t.same(callsIn(`<tool_call>${'{"name":"list"}'.repeat(200_000)}</tool_call>`), [])
  t.end()
})
