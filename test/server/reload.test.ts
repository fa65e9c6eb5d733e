import t from 'tap'
import { answer, fakeProvider, gate, hold, sequence } from '../fake-provider.ts'
import { startHost } from './host.ts'
import { hello } from './serve.ts'

const long = 'The answer to the question is 42, as far as anyone can tell.'

t.test('a request keeps the configuration it began with until its end', async t => {
  const first = gate()
  const { url: base_url, requests } = await fakeProvider(t, [
    sequence(hold(first), answer(long)),
    answer(long),
    answer(long),
  ])
  const { url, currentConfig } = await startHost(t, { providers: [{ name: 'one', base_url }] })
  const ask = () =>
    fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...hello, model: 're2&re2-m' }),
    })
  const running = ask()
  await first.reached()
  const { limits } = currentConfig.value
  currentConfig.replace({ ...currentConfig.value, limits: { ...limits, response_bytes: 10 } })
  first.release()
  t.match(await (await running).json(), { choices: [{ message: { content: long } }] })
  t.equal(requests.length, 2, 'the second call was made after the reload')
  const next = await ask()
  t.equal(next.status, 502, 'a new request has the new limit')
  await next.text()
})
