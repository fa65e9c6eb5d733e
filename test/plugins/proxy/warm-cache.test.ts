import t from 'tap'
import type { Test } from 'tap'
import { gate, hold, json, sequence } from '../../fake-provider.ts'
import type { Action } from '../../fake-provider.ts'
import { eventStream, eventsOf, messageOf, messagesError } from '../../fake-messages.ts'
import { world } from '../../providers/spelling/world.ts'

const story = 'Once upon a time, a king had three daughters. '.repeat(120)
const long = [{ role: 'user', content: `${story}How many daughters were there?` }]
const short = [{ role: 'user', content: 'How many daughters were there?' }]

/** A service whose first call is answered by `first`, and the others once a gate opens. */
async function service(t: Test, first: Action, entry: object = { warm_cache: true }) {
  const others = gate()
  let isFirst = true
  const { provider, post } = await world(t, 'anthropic', { type: 'anthropic', ...entry }, ({ request }) => {
    if (request.body['model'] === 'other') return json(messageOf('other'))
    if (!isFirst) return sequence(hold(others), json(messageOf('3')))
    isFirst = false
    return first
  })
  const ask = (model: string, messages: object) =>
    post('/v1/chat/completions', { model, messages, hulumanage_params: { bon: { quorum: 3 } } })
  return { provider, ask, others }
}

t.test('the first call of an approach begins to answer before the others of its round are sent', async t => {
  const begins = gate()
  const ends = gate()
  const [start = '', ...rest] = eventsOf('3')
  const { provider, ask, others } = await service(t, eventStream(hold(begins), start, hold(ends), ...rest))
  const answered = ask('bon-claude', long)
  await begins.reached()
  // Whatever was sent along with the first call has arrived once a later request is answered.
  t.equal((await ask('other', long)).status, 200)
  t.equal(provider.requests.length, 2)
  begins.release()
  await others.reached(2)
  others.release()
  ends.release()
  const { status, text } = await answered
  t.equal(status, 200, text)
  const { choices, usage } = JSON.parse(text) as {
    choices: { message: { content: string } }[]
    usage: { completion_tokens: number }
  }
  t.equal(choices[0]!.message.content, '3')
  t.equal(usage.completion_tokens, 3 * 5, 'the usage of the streamed answer is counted')
})

t.test('the others are sent when the first call fails', async t => {
  const { provider, ask, others } = await service(t, messagesError(400, 'invalid_request_error', 'no'))
  others.release()
  t.equal((await ask('bon-claude', long)).status, 200)
  t.equal(provider.requests.length, 3)
})

const unheld: Readonly<Record<string, readonly [object, object]>> = {
  'a prompt too short for any cache': [short, { warm_cache: true }],
  'a provider that was not configured so': [long, {}],
}

for (const [name, [messages, entry]] of Object.entries(unheld)) {
  t.test(`no call waits with ${name}`, async t => {
    const begins = gate()
    const { ask, others } = await service(t, sequence(hold(begins), json(messageOf('3'))), entry)
    const answered = ask('bon-claude', messages)
    await others.reached(2)
    others.release()
    begins.release()
    t.equal((await answered).status, 200)
  })
}
