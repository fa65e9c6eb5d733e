import { fileURLToPath } from 'node:url'
import t from 'tap'
import { z } from 'zod'
import { answer, stream } from '../../fake-provider.ts'
import { serve } from '../../matrix/serve.ts'
import type { Served, ServeOptions } from '../../matrix/serve.ts'
import { Collector, valueOf } from './collector.ts'
import type { Decoded } from './collector.ts'

/** The parts that we send of `gen-ai-input-messages.json` and `gen-ai-output-messages.json` of the conventions. */
const part = z.discriminatedUnion('type', [
  z.strictObject({ type: z.enum(['text', 'reasoning']), content: z.string() }),
  z.strictObject({ type: z.literal('tool_call'), name: z.string(), arguments: z.string() }),
  z.strictObject({ type: z.literal('tool_call_response'), response: z.string() }),
])
const message = z.strictObject({ role: z.string(), parts: z.array(part) })
const choice = message.extend({ finish_reason: z.string() })

/** The messages of a prompt and of its answer on a span. */
function messagesOn(span: Decoded) {
  const read = <T>(name: string, schema: z.ZodType<T>) => {
    const json = z.string().optional().parse(valueOf(span, name))
    return json === undefined ? undefined : schema.parse(JSON.parse(json))
  }
  return {
    input: read('gen_ai.input.messages', z.array(message)),
    output: read('gen_ai.output.messages', z.array(choice)),
  }
}

async function traced(
  t: Parameters<typeof serve>[0],
  scripts: Parameters<typeof serve>[1],
  config: ServeOptions['config'] = {},
) {
  const collector = new Collector()
  const endpoint = `http://127.0.0.1:${await collector.listen(t)}`
  const server = await serve(t, scripts, { config: { ...config, otel: { endpoint, content: true } } })
  return { collector, server }
}

const text = (content: string) => [{ type: 'text', content }]
const prompt = [{ role: 'user', parts: text('Where is the sea?') }]
const question = { messages: [{ role: 'user', content: 'Where is the sea?' }] }

t.test('the span of a call has its prompt and its answer, whole or streamed', async t => {
  for (const streams of [false, true]) {
    const script = streams ? stream(['In the ', 'north.']) : answer('In the north.')
    const { collector, server } = await traced(t, [script])
    await server.client.ask({ ...question, stream: streams })
    const [root, call] = await collector.received(2)
    const output = [{ role: 'assistant', parts: text('In the north.'), finish_reason: 'stop' }]
    t.same(messagesOn(call!), { input: prompt, output }, `stream: ${streams}`)
    t.same(messagesOn(root!), { input: undefined, output: undefined }, 'they are in a trace once')
  }
})

t.test('the name of a role is a text, whatever clients call it', async t => {
  const { collector, server } = await traced(t, [answer('north')])
  await server.client.ask({ messages: [{ role: 'constructor', content: 'Where is the sea?' }] })
  const [, call] = await collector.received(2)
  t.match(messagesOn(call!).input, [{ role: 'constructor', parts: text('Where is the sea?') }])
})

t.test('a chain shows the texts of its client and of each call', async t => {
  const { collector, server } = await traced(t, [answer('north')])
  // More than two drafts that agree would be the answer.
  await server.client.ask({ ...question, model: 'moa-m', hulumanage_params: { moa: { n: 2 } } })
  const root = (await collector.received(5))[0]!
  const calls = collector.spans.filter(span => valueOf(span, 'gen_ai.operation.name') === 'chat')
  t.same(messagesOn(root).input, prompt)
  t.same(messagesOn(root).output?.[0]?.parts, text('north'))
  t.ok(calls.length > 1)
  for (const call of calls) t.same(messagesOn(call).output?.[0]?.parts, text('north'))
  t.ok(calls.some(call => JSON.stringify(messagesOn(call).input) !== JSON.stringify(prompt)))
})

t.test('calls of tools and their results keep their form', async t => {
  const called = { name: 'look', arguments: '{"at":"the sea"}' }
  const { collector, server } = await traced(t, [answer('north')])
  await server.client.ask({
    messages: [
      ...question.messages,
      {
        role: 'assistant',
        content: 'I look.',
        tool_calls: [{ id: 'c1', type: 'function', function: called }],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'a compass' },
    ],
  })
  const [, call] = await collector.received(2)
  t.same(messagesOn(call!).input, [
    ...prompt,
    { role: 'assistant', parts: [...text('I look.'), { type: 'tool_call', ...called }] },
    { role: 'tool', parts: [{ type: 'tool_call_response', response: 'a compass' }] },
  ])
})

t.test('texts are cut and redacted as in the ledger, which keeps none', async t => {
  const ledger = { path: ':memory:', bodies: { redact: ['email' as const], characters: 200 } }
  const { collector, server } = await traced(t, [answer('a@b.example knows')], { ledger })
  const long = 'sea '.repeat(1000)
  const { headers } = await server.client.ask({ messages: [{ role: 'user', content: long }] })
  const [, call] = await collector.received(2)
  const { input, output } = messagesOn(call!)
  t.same(output?.[0]?.parts, text('[email] knows'))
  t.match(JSON.stringify(input), /\[\d+ characters left out\]/)
  t.ok(JSON.stringify(input).length < 600)
  const shown = await server.client.get(`/requests/${String(headers['x-request-id'])}`)
  t.equal(shown.status, 200)
  t.notMatch(shown.text, /knows/)
})

t.test('without a ledger, a client still cannot have its texts kept', async t => {
  const { server } = await traced(t, [answer()])
  const { status, text } = await server.client.ask({ ...question, hulumanage_trace: 'full' })
  t.equal(status, 403)
  t.match(text, /"code":"not_allowed"/)
})

/** A module without a function as its default export. */
const wrongModule = fileURLToPath(new URL('collector.ts', import.meta.url))

function warningsIn({ log }: Served): readonly string[] {
  return log.filter(line => line.includes('a text could not be redacted'))
}

t.test('texts that cannot be redacted are not sent, and the log says so once', async t => {
  const ledger = { path: ':memory:', bodies: { redact_with: wrongModule } }
  const { collector, server } = await traced(t, [answer('secret')], { ledger })
  await server.client.ask(question)
  await server.client.ask(question)
  await collector.received(4)
  t.notMatch(collector.bodies.join(), /secret|Where is the sea/)
  t.equal(warningsIn(server).length, 1)
})
