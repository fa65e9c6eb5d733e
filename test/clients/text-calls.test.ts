import t from 'tap'
import { eventStream } from '../fake-messages.ts'
import { json } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import { tellAll } from './told.ts'

const head = { id: 'c', created: 1, model: 'm' }
const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }
/** As written in https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/1071, for the function of `tellAll`. */
const written = '<tool_call>\n<function=f>\n<parameter=a>\n1\n</parameter>\n</function>\n</tool_call>'

function whole(content: string): Action {
  const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }]
  return json({ ...head, object: 'chat.completion', choices, usage })
}

/** `escape`: as servers in Go write JSON, such as Ollama. */
function stream(pieces: readonly string[], escape = false): Action {
  const event = (delta: object, finish_reason: string | null) => {
    const choices = [{ index: 0, delta, finish_reason }]
    const data = JSON.stringify({
      ...head,
      object: 'chat.completion.chunk',
      choices,
      ...(finish_reason && { usage }),
    })
    return `data: ${escape ? data.replaceAll('<', String.raw`\u003c`) : data}\n\n`
  }
  const events = pieces.map(content => event({ role: 'assistant', content }, null))
  return eventStream(...events, event({}, 'stop'), 'data: [DONE]\n\n')
}

t.test('a call that a model has written into its text is one in every dialect', async t => {
  const expected = { calls: ['f({"a":1})'], tokens: [10, 5] }
  for (const told of await tellAll(t, whole(`Let me look.\n\n${written}`), false))
    t.match(told, { ...expected, text: 'Let me look.' })
  for (const action of [
    stream(['Let me', ' look.\n', written]),
    stream(['Let me look.\n', ...written.slice(0, -12).split('')], true),
  ])
    for (const told of await tellAll(t, action, true))
      t.match(told, { ...expected, text: /^Let me look\.\s*$/ })
})

t.test('an operator may leave texts as they are', async t => {
  for (const [action, isStream] of [
    [whole(written), false],
    [stream(written.split('')), true],
  ] as const)
    for (const told of await tellAll(t, action, isStream, { text_calls: false }))
      t.match(told, { text: written, calls: [] })
})
