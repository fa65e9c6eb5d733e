import type OpenAI from 'openai'
import type { ConfigInput } from '../../src/config/schema.ts'
import type { ReceivedRequest } from '../fake-provider.ts'
import { answer } from '../fake-provider.ts'
import { hello, model, textOf } from './conversation.ts'
import { clientTest } from './serve.ts'

type Method = readonly [way: string, fields: object, plan: string, config?: ConfigInput]

/** The documented ways to name an approach, and the plan that each one selects. */
const methods: readonly Method[] = [
  ['--approach proxy', {}, 'proxy', { approach: 'proxy' }],
  ['the model prefix', { model: 'proxy-gpt-4' }, 'proxy'],
  ['several steps in the model prefix', { model: 'bon&proxy-gpt-4' }, 'proxy-bon'],
  ...['hulumanage_approach', 'optillm_approach'].flatMap(field => {
    const wrapped = { [field]: 'proxy', proxy_wrap: 'moa' }
    return [
      [`${field} as SDKs send extra_body`, { [field]: 'proxy' }, 'proxy'],
      [`${field} in a literal extra_body`, { extra_body: { [field]: 'proxy' } }, 'proxy'],
      [`${field} with proxy_wrap as SDKs send extra_body`, wrapped, 'proxy-moa'],
      [`${field} with proxy_wrap in a literal extra_body`, { extra_body: wrapped }, 'proxy-moa'],
    ] satisfies Method[]
  }),
]

for (const [way, fields, plan, config = { approach: 'auto' }] of methods) {
  clientTest(`${way} reaches a provider, streamed or not`, async (t, start) => {
    const { openai, provider } = await start([answer('8')], config)
    for (const stream of [false, true]) {
      const { text, response } = await ask(openai, { ...fields, stream })
      t.equal(text, '8')
      t.equal(response.headers.get('x-hulumanage-approach'), plan)
      t.equal(response.headers.get('x-hulumanage-provider'), 'provider-0')
    }
    t.ok(provider.requests.every(({ body }) => body['model'] === model))
    if (plan === 'proxy') t.ok(provider.requests.every(sameBut('stream', 'stream_options')))
  })
}

clientTest('the field of a request wins over the prefix, and that over the default', async (t, start) => {
  const { openai } = await start([answer('8')], { approach: 'proxy-moa' })
  const cases: readonly [fields: object, plan: string][] = [
    [{}, 'proxy-moa'],
    [{ model: 're2-gpt-4' }, 'proxy-re2'],
    [{ model: 're2-gpt-4', hulumanage_approach: 'bon' }, 'proxy-bon'],
    [{ model: 'none-re2-gpt-4', extra_body: { optillm_approach: 'none' } }, 'proxy'],
    [{ hulumanage_approach: 'bon', extra_body: { hulumanage_approach: 're2' } }, 'proxy-bon'],
  ]
  for (const [fields, plan] of cases) {
    const { response } = await ask(openai, fields)
    t.equal(response.headers.get('x-hulumanage-approach'), plan, JSON.stringify(fields))
  }
})

interface Asked {
  readonly text: string
  readonly response: Response
}

async function ask(openai: OpenAI, fields: object): Promise<Asked> {
  const request: OpenAI.ChatCompletionCreateParams = { model, messages: hello, ...fields }
  const { data, response } = await openai.chat.completions.create(request).withResponse()
  const text =
    'choices' in data ? (data.choices[0]?.message.content ?? '') : textOf(await Array.fromAsync(data))
  return { text, response }
}

/** Whether a request reached the provider as the client wrote it, except for these fields. */
function sameBut(...others: readonly string[]): (request: ReceivedRequest) => boolean {
  return ({ body }) =>
    JSON.stringify(body['messages']) === JSON.stringify(hello) &&
    Object.keys(body).every(field => ['model', 'messages', ...others].includes(field))
}
