import fc from 'fast-check'
import t from 'tap'
import { objectAnswers } from '../../../src/providers/answers/object-answers.ts'
import type { Choice, ChunkChoice } from '../../../src/contract/index.ts'
import { messages } from '../../fake-messages.ts'
import { world } from './world.ts'

const fenced = 'Here it is:\n```json\n{"a": {"b": "}"}}\n```\nAnything else?'
const object = '{"a": {"b": "}"}}'
const request = {
  model: 'claude',
  messages: [
    { role: 'system', content: 'Be kind' },
    { role: 'user', content: 'As JSON' },
  ],
  response_format: { type: 'json_object' },
}

t.test('Anthropic has no JSON mode: the model is told, and the answer is the object alone', async t => {
  const { provider, post } = await world(t, 'anthropic', { type: 'anthropic' }, messages(fenced))
  const whole = await post('/v1/chat/completions', request)
  t.equal(whole.status, 200, whole.text)
  t.match(JSON.parse(whole.text), { choices: [{ message: { content: object } }] })
  const streamed = await post('/v1/chat/completions', { ...request, stream: true })
  t.equal(contentOf(streamed.text), object)
  t.same(provider.refused, [])
  const [system, told] = provider.requests[0]!.body['system'] as [{ text: string }, { text: string }]
  t.equal(system.text, 'Be kind')
  t.match(told.text, /one JSON object/)
})

t.test('a JSON object with a schema is asked for by the schema', async t => {
  const { provider, post } = await world(t, 'anthropic', { type: 'anthropic' })
  const schema = { type: 'object', properties: { a: { type: 'string' } } }
  const { status, text } = await post('/v1/chat/completions', {
    ...request,
    response_format: { type: 'json_object', schema },
  })
  t.equal(status, 200, text)
  t.same(provider.requests[0]?.body['output_config'], {
    format: { type: 'json_schema', schema: { ...schema, additionalProperties: false } },
  })
  t.same(provider.refused, [])
})

// https://github.com/khoj-ai/khoj/issues/1336
t.test('DeepSeek, which takes no schemas, is told the schema in JSON mode', async t => {
  const { provider, post } = await world(t, 'deepseek', { type: 'deepseek' })
  const schema = { type: 'object', properties: { a: { type: 'string' } } }
  const response_format = { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema } }
  for (const messages of [request.messages, request.messages.slice(1)]) {
    const body = { model: 'deepseek-v4-flash', messages, response_format }
    const { status, text } = await post('/v1/chat/completions', body)
    t.equal(status, 200, text)
    const sent = provider.requests.at(-1)!.body
    t.same(sent['response_format'], { type: 'json_object' })
    const [system, user] = sent['messages'] as readonly { role: string; content: string }[]
    t.equal(system?.role, 'system')
    t.ok(system?.content.endsWith(JSON.stringify(schema)))
    t.match(user, { role: 'user', content: 'As JSON' })
  }
  t.match(provider.requests[0]!.body, { messages: [{ content: /^Be kind\n\n/ }] })
  t.same(provider.refused, [])
})

t.test('an answer without an object is told as it is', t => {
  const whole = { index: 0, message: { role: 'assistant', content: 'No.' }, finish_reason: 'stop' }
  t.equal(objectAnswers.whole(whole as Choice), whole)
  t.same(streamed(['N', 'o.']), 'No.')
  t.end()
})

t.test('an object begins with a brace and a name, wherever the pieces are cut', t => {
  const text = 'For the set {1, 2} and `f() { return x }`:\n{\n  "a": {"b": 1}}\nDone {"c": 2}'
  for (let at = 0; at <= text.length; at++)
    t.equal(streamed([text.slice(0, at), text.slice(at)]), '{\n  "a": {"b": 1}}')
  t.equal(streamed(['The set {', '1, 2} and {', ' ']), 'The set {1, 2} and { ')
  t.end()
})

t.test('a schema that is not an object counts as none', async t => {
  const { provider, post } = await world(t, 'anthropic', { type: 'anthropic' })
  const response_format = { type: 'json_object', schema: 'any' }
  t.equal((await post('/v1/chat/completions', { ...request, response_format })).status, 200)
  t.equal(provider.requests[0]?.body['output_config'], undefined)
  t.same(provider.refused, [])
})

t.test('any cut of an answer has the same object', t => {
  const values = fc.dictionary(fc.string(), fc.jsonValue())
  const around = fc.string().filter(text => !text.includes('{'))
  fc.assert(
    fc.property(values, around, fc.string(), fc.array(fc.nat(40)), (value, before, after, cuts) => {
      const json = JSON.stringify(value)
      const rest = Array.from(`${before}${json}${after}`)
      const pieces = [...cuts.map(length => rest.splice(0, length).join('')), rest.join('')]
      t.equal(streamed(pieces), json)
    }),
  )
  t.end()
})

function streamed(pieces: readonly string[]): string {
  const { change } = objectAnswers.pieces()
  const choice = (content: string, finish_reason: string | null = null) =>
    change({ index: 0, delta: { content }, finish_reason }).delta.content ?? ''
  return [...pieces.map(piece => choice(piece)), choice('', 'stop')].join('')
}

function contentOf(text: string): string {
  const lines = text.split('\n').filter(line => line.startsWith('data: {'))
  return lines
    .map(line => JSON.parse(line.slice('data: '.length)) as { choices: ChunkChoice[] })
    .map(({ choices }) => choices[0]?.delta.content ?? '')
    .join('')
}
