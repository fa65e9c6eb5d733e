import t from 'tap'
import type { Test } from 'tap'
import { answer, error, fakeProvider, gate, hold, json, raw } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import { serve } from '../clients/serve.ts'

const drafts = ['The answer is 1.', 'The answer is 2.', 'The answer is 3.']
const messages = [{ role: 'user', content: 'How much is it?' }]
const scores = (...list: unknown[]) => json({ scores: list })

/** A server with a scoring service, called `reward`, and a model that writes three drafts. */
async function start(t: Test, script: Action, entry: object = {}) {
  const model = await fakeProvider(t, answer(drafts))
  const service = await fakeProvider(t, script)
  const url = await serve(
    t,
    JSON.stringify({
      providers: [{ name: 'only', base_url: model.url, api_key: 'sk-of-the-model' }],
      routing: { health_check: { enabled: false } },
      scorers: { reward: { url: `${service.url}/score`, ...entry } },
    }),
  )
  const ask = async (params: object, name = 'bon-m') => {
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: name, messages, hulumanage_params: params }),
    })
    const body = (await response.json()) as {
      choices?: { message: { content: string } }[]
      error?: { code: string; param: string; message: string }
    }
    const degraded = response.headers.get('x-hulumanage-degraded')
    return { status: response.status, text: body.choices?.[0]!.message.content, degraded, error: body.error }
  }
  return { model, service, ask }
}

const byService = { bon: { scorer: 'http:reward' } }

t.test('the answer that a scoring service scores best is the answer', async t => {
  const entry = { api_key: 'sk-of-the-scorer', headers: { 'x-team': 'blue' } }
  const { service, model, ask } = await start(t, scores(0.1, 0.9, null), entry)
  t.match(await ask(byService), { status: 200, text: drafts[1], degraded: null })
  const [request] = service.requests
  t.same(request!.body, { model: 'm', messages, answers: drafts })
  t.match(request!.headers, { authorization: 'Bearer sk-of-the-scorer', 'x-team': 'blue' })
  t.equal(model.requests.length, 1, 'the model is asked for the drafts alone')
})

t.test('other methods are scored by a service as well', async t => {
  const { service, ask } = await start(t, scores(0, 0.5, 0))
  for (const step of ['genselect', 'mcts', 'ab_mcts']) {
    const before = service.requests.length
    const params = { genselect: { n: 3 }, mcts: { simulations: 1 }, ab_mcts: { n: 3, parallel: 2 } }[step]
    const { status } = await ask({ [step]: { ...params, scorer: 'http:reward' } }, `${step}-m`)
    t.equal(status, 200, step)
    t.ok(service.requests.length > before, step)
  }
})

t.test('cascade accepts an answer by the score of a service, and doubts one without', async t => {
  for (const [score, calls] of [
    [0.9, 1],
    [0.7, 2],
    [null, 2],
  ] as const) {
    const { model, ask } = await start(t, scores(score))
    t.equal((await ask({ cascade: { accept: 'http:reward' } }, 'cascade-small>large')).status, 200)
    t.equal(model.requests.length, calls, String(score))
  }
})

const failures: Readonly<Record<string, Action>> = {
  'an error': error(500),
  'too few scores': scores(0.5),
  'scores that are out of range': scores(1, 2, 3),
  'text that is not JSON': raw('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nno'),
  'more than scores can be': json({ scores: [0, 0, 1], more: 'x'.repeat(70_000) }),
  'the address of another service': raw(
    'HTTP/1.1 307 Temporary Redirect\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n',
  ),
}

for (const [name, action] of Object.entries(failures)) {
  t.test(`votes decide, and the answer is degraded, if a scoring service sends ${name}`, async t => {
    const { ask } = await start(t, action)
    t.match(await ask(byService), { status: 200, text: drafts[0], degraded: 'bon.score.scorer 1/1' })
  })
}

t.test('a scoring service has its time, and no more', async t => {
  const { ask } = await start(t, hold(gate()), { timeout: 0.05 })
  t.match(await ask(byService), { status: 200, text: drafts[0], degraded: /scorer/ })
})

t.test('a client can choose a configured service by its name, never an address', async t => {
  const { model, service, ask } = await start(t, scores(0, 0, 1))
  const other = await fakeProvider(t, scores(0, 0, 1))
  for (const scorer of ['http:other', `http:${other.url}`, other.url, 'http:', 'http'])
    t.match(await ask({ bon: { scorer } }), { status: 400, error: { code: 'invalid_value' } }, scorer)
  t.match(await ask({ cascade: { accept: 'http:other' } }, 'cascade-a>b'), { status: 400 })
  t.equal(model.requests.length + service.requests.length + other.requests.length, 0)
})

t.test('a user and a password in the address of a scoring service are sent as its login', async t => {
  const service = await fakeProvider(t, scores(0.1, 0.9, 0.2))
  const model = await fakeProvider(t, answer(drafts))
  const url = await serve(
    t,
    JSON.stringify({
      providers: [{ name: 'only', base_url: model.url, api_key: 'sk-of-the-model' }],
      scorers: { reward: { url: service.url.replace('//', '//ann:s%20cret@') } },
    }),
  )
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'bon-m', messages, hulumanage_params: byService }),
  })
  t.match(await response.json(), { choices: [{ message: { content: drafts[1] } }] })
  t.equal(service.requests[0]?.headers['authorization'], `Basic ${btoa('ann:s cret')}`)
})
