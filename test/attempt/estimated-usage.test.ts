import t from 'tap'
import type { Test } from 'tap'
import { attempt } from '../../src/attempt/attempt.ts'
import { providerSchema } from '../../src/config/schema.ts'
import { openaiKind } from '../../src/providers/openai.ts'
import { Provider } from '../../src/providers/provider.ts'
import { ask, callOf } from '../call.ts'
import { fakeProvider, json, stream } from '../fake-provider.ts'
import type { Script } from '../fake-provider.ts'

const timeouts = { requestMs: 20_000, firstTokenMs: 20_000, idleMs: 20_000 }

/** The estimated tokens of an answer whose provider reports no usage. */
async function estimateOf(t: Test, script: Script, streams: boolean): Promise<number> {
  const { url } = await fakeProvider(t, script)
  const config = providerSchema.parse({
    name: 'fake',
    base_url: url,
    api_key: 'sk-test',
    accepts: { stream_options: false },
  })
  const provider = new Provider(config, openaiKind, 1_000)
  t.teardown(() => provider.dispatcher.destroy())
  const request = ask('hello', { stream: streams })
  const reply = await attempt({
    provider,
    request,
    call: callOf(),
    timeouts,
    maxResponseBytes: 1e6,
    reason: '-',
  })
  return (await reply.completion()).usage!.completion_tokens
}

const words = 'a word or two. '.repeat(1_000)
const half = words.length / 4 / 2
const isNear = (tokens: number) => tokens >= half && tokens <= 4 * half

t.test('thoughts, tool calls, refusals and long chunks count in an estimate', async t => {
  const pieces = words.match(/.{1,500}/g)!
  const part = (delta: object) => ({ choices: [{ index: 0, delta, finish_reason: null }] })
  const call = (text: string) => ({
    tool_calls: [{ index: 0, id: 'c', function: { name: 'f', arguments: text } }],
  })
  const kinds = {
    content: (text: string) => part({ content: text }),
    reasoning_content: (text: string) => part({ reasoning_content: text }),
    reasoning: (text: string) => part({ reasoning: text }),
    refusal: (text: string) => part({ refusal: text }),
    'tool calls': (text: string) => part(call(text)),
  }
  for (const [name, chunkOf] of Object.entries(kinds)) {
    const tokens = await estimateOf(t, stream(pieces.map(chunkOf)), true)
    t.ok(isNear(tokens), `${name}: ${tokens} of about ${2 * half}`)
  }
})

t.test('thoughts count in the estimate of a whole answer, once', async t => {
  const message = { role: 'assistant', content: 'ok', reasoning_content: words, reasoning: words }
  const whole = { object: 'chat.completion', choices: [{ index: 0, message, finish_reason: 'stop' }] }
  const tokens = await estimateOf(t, json(whole), false)
  t.ok(isNear(tokens), `${tokens} of about ${2 * half}`)
})

t.test('usage that no answer can have had is replaced by an estimate', async t => {
  const usage = { prompt_tokens: 5, completion_tokens: 2 ** 31 - 1, total_tokens: 2 ** 31 + 4 }
  const part = { choices: [{ index: 0, delta: { content: words }, finish_reason: 'stop' }] }
  const message = { role: 'assistant', content: words }
  const whole = {
    object: 'chat.completion',
    choices: [{ index: 0, message, finish_reason: 'stop' }],
    usage,
  }
  for (const tokens of [
    await estimateOf(t, json(whole), false),
    await estimateOf(t, stream([part, { choices: [], usage }]), true),
  ])
    t.ok(isNear(tokens), `${tokens} of about ${2 * half}`)
})
