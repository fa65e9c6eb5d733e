import t from 'tap'
import { eventStream } from '../fake-messages.ts'
import { json } from '../fake-provider.ts'
import { tellAll } from './told.ts'

const head = { id: 'c', created: 1, model: 'm' }
const extra_content = { google: { thought: true } }

function stream(...deltas: readonly object[]) {
  const events = [...deltas, undefined].map(delta => {
    const choice = { index: 0, delta: delta ?? {}, finish_reason: delta ? null : 'stop' }
    return `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [choice] })}\n\n`
  })
  return eventStream(...events, 'data: [DONE]\n\n')
}

function whole(message: object) {
  const choice = { index: 0, message: { role: 'assistant', ...message }, finish_reason: 'stop' }
  return json({ ...head, object: 'chat.completion', choices: [choice] })
}

const call = { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }

// https://github.com/noho/dayu-agent/issues/45
t.test('thoughts that Gemini marks in the content of an answer are thoughts', async t => {
  const begun = { role: 'assistant', content: '<thought>Hm, ', extra_content }
  const more = { role: 'assistant', content: 'so', extra_content }
  const answered = { thinking: 'Hm, so', text: 'A <thought> is one.' }
  for (const [script, isStream, told] of [
    [stream(begun, more, { content: '</thought>A <thought> ' }, { content: 'is one.' }), true, answered],
    [stream(begun, more, { content: 'A <thought> is one.' }), true, answered],
    [stream({ content: '<thought>Hm, so</thought>A <thought> is one.', extra_content }), true, answered],
    [whole({ content: '<thought>Hm, so</thought>A <thought> is one.', extra_content }), false, answered],
    [
      stream(begun, more, { content: '</thought>', tool_calls: [{ index: 0, ...call }] }),
      true,
      { thinking: 'Hm, so', text: '', calls: ['f({"a":1})'] },
    ],
    [
      whole({ content: '<thought>Hm, so</thought>', extra_content, tool_calls: [call] }),
      false,
      { thinking: 'Hm, so', text: '', calls: ['f({"a":1})'] },
    ],
  ] as const) {
    const [chat, ...translated] = await tellAll(t, script, isStream)
    // The helper of OpenAI's SDK keeps the last piece alone of a field that it does not know.
    t.match(chat, isStream ? { ...told, thinking: String } : told)
    for (const client of translated) t.match(client, told)
  }
})

t.test('a text that only looks like marked thoughts stays a text', async t => {
  const text = '<thought>Hm</thought>Hello'
  for (const client of await tellAll(t, stream({ content: text }), true)) t.match(client, { text })
  for (const client of await tellAll(t, whole({ content: text }), false)) t.match(client, { text })
})

t.test('behind the closing tag of a marked thought, the text is as it is', async t => {
  const end = { content: 'so</thought>', extra_content }
  const script = stream({ content: '<thought>Hm, ', extra_content }, end, {
    content: '</thought> closes one.',
  })
  for (const client of await tellAll(t, script, true)) t.match(client, { text: '</thought> closes one.' })
})
