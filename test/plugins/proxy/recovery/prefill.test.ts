import t from 'tap'
import type { Test } from 'tap'
import { builtInKinds } from '../../../../src/providers/kinds.ts'
import { configSchema } from '../../../../src/config/schema.ts'
import { stream } from '../../../fake-provider.ts'
import { eventsOf, eventStream } from '../../../fake-messages.ts'
import type { Entry } from '../proxy.ts'
import { cut, readFrom } from './broken.ts'

const start = 'The quick brown fox '

/** The text and the last message that a service of some kind has received when it was asked to continue. */
async function continued(t: Test, entry: Partial<Entry>, rest: readonly string[], request = {}) {
  const next = entry.type === 'anthropic' ? eventStream(...eventsOf(rest.join(''))) : stream(rest)
  const seen = await readFrom(t, [cut(start), next], { mode: 'continue', request, entries: [{}, entry] })
  const sent = seen.fakes[1]!.requests[0]!.body['messages'] as readonly unknown[]
  return { text: seen.text, last: sent.at(-1) }
}

t.test(
  'a model that is known to continue a message gets the text at the end of the conversation',
  async t => {
    const prefix = { role: 'assistant', content: start, prefix: true }
    t.same(await continued(t, { type: 'mistral' }, ['jumps']), { text: `${start}jumps`, last: prefix })
    const again = await continued(t, { type: 'mistral' }, ['The quick brown fox ', 'jumps'])
    t.equal(again.text, `${start}jumps`, 'Mistral begins with the prefix again')
    const claude = { model: 'claude-sonnet-4-5', max_tokens: 50 }
    const { text, last } = await continued(t, { type: 'anthropic' }, [' jumps'], claude)
    t.equal(text, `${start}jumps`, 'the space is not doubled')
    t.match(last, { role: 'assistant', content: [{ text: 'The quick brown fox' }] })
  },
)

t.test('any other is asked for the rest, and so is one that thinks', async t => {
  const asked = { role: 'user' }
  t.match((await continued(t, { type: 'openai' }, [start, 'jumps'])).last, asked)
  t.match(
    (await continued(t, { type: 'anthropic' }, [start, 'jumps'], { model: 'claude-opus-4-6' })).last,
    asked,
  )
  t.match(
    (await continued(t, { type: 'mistral' }, [start, 'jumps'], { reasoning_effort: 'high' })).last,
    asked,
  )
})

t.test('DeepSeek continues messages only below the base URL of its beta', async t => {
  const kind = builtInKinds.find(({ name }) => name === 'deepseek')!
  const fieldsAt = (base_url: string, model = 'deepseek-chat') => {
    const [provider] = configSchema.parse({ providers: [{ name: 'd', base_url }] }).providers
    return kind.continues?.(model, provider!)
  }
  t.same(fieldsAt('https://api.deepseek.com/beta'), { prefix: true })
  t.equal(fieldsAt('https://api.deepseek.com'), undefined)
  t.equal(fieldsAt('https://api.deepseek.com/beta', 'deepseek-reasoner'), undefined)
})
