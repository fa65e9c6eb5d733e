import t from 'tap'
import { configSchema } from '../../src/config/schema.ts'
import { chat } from '../../src/dialects/chat.ts'
import type { Dialect } from '../../src/dialects/dialect.ts'
import { messages } from '../../src/dialects/messages/messages.ts'
import { responses } from '../../src/dialects/responses/responses.ts'

const { limits } = configSchema.parse({})
const options = { aliases: new Set<string>(), limits, defaultModel: undefined }
const hello = { role: 'user', content: 'Hi' }

function read(dialect: Dialect, body: object) {
  const { request, source } = dialect.read({ model: 'm', max_tokens: 9, ...body }, options).requests[0]
  if (source?.only) throw source.only
  return { chat: request.messages.slice(2), native: source?.body }
}

function inChat(result: unknown) {
  const calls = [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }]
  const said = { role: 'assistant', content: null, tool_calls: calls }
  return read(chat, {
    messages: [hello, said, { role: 'tool', tool_call_id: 'c', content: result }],
  })
}

function inMessages(result: unknown) {
  const said = { role: 'assistant', content: [{ type: 'tool_use', id: 'c', name: 'f', input: {} }] }
  const told = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c', content: result }] }
  return read(messages, { messages: [hello, said, told] })
}

function inResponses(result: unknown) {
  const said = { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' }
  return read(responses, {
    input: [hello, said, { type: 'function_call_output', call_id: 'c', output: result }],
  })
}

const url = 'data:image/png;base64,iVBORw0KGgo='
const source = { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' }
const image = { type: 'image_url', image_url: { url } }
const spellings = [
  image,
  { type: 'image_url', image_url: url },
  { type: 'input_image', image_url: url },
  { type: 'image', data: 'iVBORw0KGgo=', mimeType: 'image/png' },
  { type: 'image', source },
  { type: 'file', mediaType: 'image/png', data: 'iVBORw0KGgo=' },
]

t.test("an image in another API's spelling stays an image", async t => {
  for (const given of spellings)
    for (const result of [[given], given]) {
      const [part] = inChat(result).chat[0]!.content as readonly object[]
      t.same(part, given.image_url === url && given.type === 'image_url' ? given : image)
      t.same(inMessages(result).chat[1], { role: 'user', content: [image] })
      t.match(inMessages(result).native, {
        messages: [{}, {}, { content: [{ content: [{ type: 'image', source }] }] }],
      })
      t.same(inResponses(result).chat[1], { role: 'user', content: [image] })
      t.match(inResponses(result).native, { input: [{}, {}, { output: [{ type: 'input_image' }] }] })
    }
})

t.test('the detail and the mark of an image stay with it', async t => {
  const marked = { type: 'input_image', image_url: url, detail: 'low', cache_control: { type: 'ephemeral' } }
  t.match(inChat([marked]).chat, [
    { content: [{ image_url: { url, detail: 'low' }, cache_control: { type: 'ephemeral' } }] },
  ])
  const detailed = { type: 'image_url', image_url: { url, detail: 'low' } }
  t.match(inResponses([detailed]).native, {
    input: [{}, {}, { output: [{ image_url: url, detail: 'low' }] }],
  })
})

t.test('the data of files and sounds is named, and never told as text', async t => {
  const data = 'aZ09'.repeat(1000)
  for (const [given, named] of [
    [{ type: 'audio', data, mimeType: 'audio/wav' }, '"data":"[data of 4,000 characters]"'],
    [{ type: 'of_the_future', pdf: `data:application/pdf;base64,${data}` }, '"pdf":"[data of 4,028 char'],
  ] as const)
    for (const ask of [inChat, inMessages, inResponses]) {
      const told = JSON.stringify(ask([given]).chat)
      t.ok(told.includes(JSON.stringify(named).slice(1, -1)), told.slice(0, 300))
      t.notOk(told.includes(data))
    }
  const file = { type: 'input_file', filename: 'a.pdf', file_data: `data:application/pdf;base64,${data}` }
  t.notOk(JSON.stringify(inChat([file]).chat).includes(data))
  const sequence = 'ACGT'.repeat(1000)
  t.match(JSON.stringify(inChat({ sequence }).chat), sequence, 'a long text that is no data')
})
