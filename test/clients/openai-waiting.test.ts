import OpenAI from 'openai'
import type { ChatCompletionChunk } from 'openai/resources'
import type { Action } from '../fake-provider.ts'
import { answer, error, gate, hold, sequence, stream } from '../fake-provider.ts'
import { hello, model, textOf } from './conversation.ts'
import { clientTest, errorOf } from './serve.ts'

const request = { model, messages: hello, stream: true } as const

clientTest('a stream starts before a slow provider does, and goes on with its answer', async (t, start) => {
  const first = gate()
  const { openai } = await start([sequence(hold(first), stream(['at ', 'last']))], { stream_commit: 0.01 })
  const { data, response } = await openai.chat.completions.create(request).withResponse()
  t.equal(response.headers.get('x-hulumanage-approach'), 'proxy', 'the head has come with nothing to say')
  first.release()
  t.equal(textOf(await Array.fromAsync(data)), 'at last')
})

clientTest('a failure after the start of a stream raises in the SDK', async (t, start) => {
  const first = gate()
  const { openai } = await start([sequence(hold(first), error(500))], { stream_commit: 0.01 })
  const events = await openai.chat.completions.create(request)
  first.release()
  t.match(await errorOf(Array.fromAsync(events)), { constructor: OpenAI.APIError, code: 'upstream_error' })
})

clientTest(
  'a next provider takes over after the start of a stream, and the SDK never knows',
  async (t, start) => {
    const first = gate()
    const scripts = [sequence(hold(first), error(500)), answer('from the second')] as const
    const { openai } = await start(scripts, { stream_commit: 0.01 })
    const events = await openai.chat.completions.create(request)
    first.release()
    t.equal(textOf(await Array.fromAsync(events)), 'from the second')
  },
)

clientTest(
  'progress comes as reasoning where a client asks for it, and the answer as ever',
  async (t, start) => {
    const graded: Action = ({ request }) => answer(/grade/i.test(request.text) ? '7' : ['42', '41', '40'])
    const { openai } = await start([graded])
    const asked = { ...request, model: `bon-${model}`, hulumanage_progress: true }
    const chunks: ChatCompletionChunk[] = await Array.fromAsync(await openai.chat.completions.create(asked))
    const reasoning = chunks.map(({ choices }) => reasoningOf(choices[0]))
    t.match(reasoning.join(''), /Drawing 3 answers\nGrading 3 answers\n/)
    t.equal(textOf(chunks), '42')
    t.equal(new Set(chunks.map(({ id }) => id)).size, 1)
  },
)

clientTest('the time-out of the SDK ends the upstream call', async (t, start) => {
  const { openai, provider } = await start([hold()])
  const asked = openai.chat.completions.create({ model, messages: hello }, { timeout: 50 })
  t.ok((await errorOf(asked)) instanceof OpenAI.APIConnectionTimeoutError)
  for (const { aborted } of provider.requests) await aborted
})

clientTest('many clients at once never exceed what a provider takes', async (t, start) => {
  const full = gate()
  let active = 0
  let most = 0
  const counted = sequence(
    () => void (most = Math.max(most, (active += 1))),
    hold(full),
    answer('one two three'),
    () => void (active -= 1),
  )
  const { provider: one } = await start([counted])
  const { openai } = await start([answer()], {
    approach: 'proxy',
    providers: [{ name: 'one', base_url: one.url, api_key: 'sk-provider-0', max_concurrent: 3 }],
  })
  const asked = Array.from({ length: 40 }, async (_, index) => {
    if (index % 2 === 0)
      return (await openai.chat.completions.create({ model, messages: hello })).choices[0]?.message.content
    return textOf(await Array.fromAsync(await openai.chat.completions.create(request)))
  })
  await full.reached(3)
  full.release()
  t.ok((await Promise.all(asked)).every(text => text === 'one two three'))
  t.equal(most, 3)
})

clientTest('what is not served here is a NotFoundError that says so', async (t, start) => {
  const { openai, provider } = await start([answer()], { pass_through: { paths: [] } })
  const thrown = await errorOf(openai.images.generate({ model, prompt: 'a cat' }))
  t.ok(thrown instanceof OpenAI.NotFoundError)
  t.match(thrown, { code: 'unknown_url', message: /images\/generations/ })
  t.same(provider.requests, [])
})

/** Reads a field that some services send and the SDK's types lack. */
function reasoningOf(choice: ChatCompletionChunk.Choice | undefined): string {
  const delta: { readonly content?: string | null; readonly reasoning_content?: string } = choice?.delta ?? {}
  return delta.reasoning_content ?? ''
}
