import t from 'tap'
import { collect } from '../../src/chat/collect.ts'
import { readCompletion } from '../../src/chat/read/completion.ts'
import { configSchema } from '../../src/config/schema.ts'
import type { Chunk, Delta, Message } from '../../src/contract/index.ts'
import { messages } from '../../src/dialects/messages/messages.ts'
import { responses } from '../../src/dialects/responses/responses.ts'
import { anthropicKind } from '../../src/providers/anthropic/anthropic.ts'
import { responsesTranslation } from '../../src/providers/responses/responses.ts'
import { eventsOf as messageEvents, messageOf } from '../fake-messages.ts'
import { eventsOf as responseEvents, responseOf, said } from '../fake-responses.ts'
import { WorkCounter } from '../work.ts'
import { chunk } from './answers.ts'

const { limits } = configSchema.parse({})
const options = { aliases: new Set<string>(), limits, defaultModel: undefined }

function encoderOf(dialect: 'messages' | 'responses') {
  const body = { model: 'm', stream: true, max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] }
  if (dialect === 'messages') return messages.read(body, options).encoder
  return responses.read({ model: 'm', stream: true, input: 'Hi' }, options).encoder
}

const list = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index))
const callsOf = (count: number, args = '{"a":1}') =>
  list(count, index => ({ id: `c${index}`, type: 'function', function: { name: 'f', arguments: args } }))
const wholeOf = (message: Partial<Message>) => ({
  id: 'c',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [
    { index: 0, message: { role: 'assistant', content: 'x', ...message }, finish_reason: 'tool_calls' },
  ],
})

async function* each(deltas: readonly Delta[]): AsyncGenerator<Chunk> {
  for (const delta of deltas) yield chunk(delta)
}

const apart = (count: number, args?: string) => callsOf(count, args).map(call => ({ tool_calls: [call] }))
const blocks = (count: number) =>
  list(count, index => [
    { type: 'text', text: `t${index}` },
    { type: 'tool_use', id: `t${index}`, name: 'f', input: {} },
  ]).flat()
const items = (count: number) =>
  list(count, index => [
    { ...said(`t${index}`), id: `m${index}` },
    {
      id: `f${index}`,
      type: 'function_call',
      status: 'completed',
      call_id: `c${index}`,
      name: 'f',
      arguments: '{}',
    },
  ]).flat()

const works: Readonly<Record<string, (count: number) => unknown>> = {
  'calls of a whole answer': count =>
    readCompletion(wholeOf({ tool_calls: callsOf(count) }), { model: 'm', choices: 1 }),
  'calls that are collected': count => collect(each(apart(count))),
  'lists that are collected': count =>
    collect(each(list(count, () => ({ annotations: [{ type: 'url_citation' }] })))),
  'blocks of a message': count => anthropicKind.translation!.completion(messageOf(blocks(count))),
  'blocks of a relayed stream': count => {
    const translate = anthropicKind.translation!.events({ onEvent: () => {} })
    for (const event of messageEvents(blocks(count))) translate(event)
  },
  'items of a response': count => responsesTranslation.completion(responseOf(items(count))),
  'items of a relayed stream': count => {
    const translate = responsesTranslation.events({ onEvent: () => {} })
    for (const event of responseEvents(responseOf(items(count)))) translate(event)
  },
}

for (const dialect of ['messages', 'responses'] as const) {
  const stream = (deltas: readonly Delta[]) => {
    const encoder = encoderOf(dialect)
    for (const delta of deltas) encoder.chunk(chunk(delta))
    encoder.end(chunk({}), undefined)
  }
  Object.assign(works, {
    [`calls of a whole answer in ${dialect}`]: (count: number) =>
      encoderOf(dialect).completion(wholeOf({ tool_calls: callsOf(count) })),
    [`thoughts of a whole answer in ${dialect}`]: (count: number) =>
      encoderOf(dialect).completion(
        wholeOf({
          thinking_blocks: list(count, index => ({
            type: 'thinking',
            thinking: `t${index}`,
            signature: 's',
          })),
        }),
      ),
    [`calls of a stream in ${dialect}`]: (count: number) => stream(apart(count)),
    [`calls without arguments in ${dialect}`]: (count: number) => stream(apart(count, '')),
    [`calls that are announced before they grow in ${dialect}`]: (count: number) =>
      stream([
        ...list(count, index => ({
          tool_calls: [{ index, id: `c${index}`, function: { name: 'f', arguments: '{' } }],
        })),
        ...list(count, index => ({ tool_calls: [{ index, function: { arguments: '}' } }] })),
      ]),
  })
}

for (const [name, work] of Object.entries(works)) {
  t.test(`twice as many ${name} are twice the work`, async t => {
    const counter = await WorkCounter.start()
    t.teardown(() => counter.stop())
    await work(10)
    const [once, twice] = [await counter.of(() => work(300)), await counter.of(() => work(600))]
    t.ok(once > 300, 'the work is counted')
    t.ok(twice < 2.3 * once, `${once} and ${twice}`)
  })
}

// As the arguments of one call, so many would exceed the stack, which holds about 125,000.
t.test('a piece may have any number of images and thoughts', async t => {
  const count = 130_000
  const images = list(count, index => ({ type: 'image_url', image_url: { url: `data:,${index}` } }))
  const thoughts = list(count, index => ({ type: 'thinking', thinking: 'a', signature: String(index) }))
  for (const dialect of ['messages', 'responses'] as const)
    for (const delta of [
      { content: 'Here:', images },
      { content: '', thinking_blocks: thoughts },
    ]) {
      const encoder = encoderOf(dialect)
      const events = encoder.chunk(chunk(delta))
      t.ok(events.length + encoder.end({ id: 'c', created: 1, model: 'm' }, undefined).length > count)
    }
})
