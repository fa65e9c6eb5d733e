import { answer, error, json } from '../fake-provider.ts'
import { clientTest, errorOf } from '../clients/serve.ts'

const request = { model: 'gpt-4', messages: [{ role: 'user' as const, content: 'Hello' }] }
const info = {
  provider: 'provider-1',
  attempt_number: 2,
  response_time: Number,
  request_id: /^req_/,
}

clientTest('answers tell where they came from, where that is switched on', async (t, start) => {
  const { openai, baseURL } = await start([error(500), answer('Hello there')], {
    proxy_info: true,
    routing: { strategy: 'failover', health_check: { enabled: false } },
  })
  const completion = await openai.chat.completions.create(request)
  t.match(completion, { choices: [{ message: { content: 'Hello there' } }], _proxy_info: info })
  t.equal(completion._request_id, (completion as unknown as Told)._proxy_info.request_id)
  const response = await fetch(`${baseURL}/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...request, max_tokens: 10 }),
  })
  t.match(await response.json(), { type: 'message', _proxy_info: { provider: 'provider-1' } })
})

interface Told {
  readonly _proxy_info: { readonly request_id: string }
}

clientTest('an answer of our own making has it as well, an error and a stream have not', async (t, start) => {
  const { openai } = await start([[answer('42'), error(400, { message: 'no' }), answer('42')]], {
    proxy_info: true,
  })
  const made = await openai.chat.completions.create({ ...request, model: 're2-gpt-4' })
  t.match(made, { _proxy_info: { provider: 'provider-0', attempt_number: 1 } })
  const thrown = (await errorOf(openai.chat.completions.create(request))) as { error: object }
  t.notOk('_proxy_info' in thrown.error)
  const stream = await openai.chat.completions.create({ ...request, stream: true })
  for await (const chunk of stream) t.notOk('_proxy_info' in chunk)
})

clientTest('otherwise a body is the one of the provider', async (t, start) => {
  const body = { id: 'c', object: 'chat.completion', created: 1, model: 'm', extra: true }
  const choices = [{ index: 0, message: { role: 'assistant', content: 'x' }, finish_reason: 'stop' }]
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
  const { baseURL } = await start([json({ ...body, choices, usage })])
  const response = await fetch(`${baseURL}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  })
  t.strictSame(await response.json(), { ...body, choices, usage })
})
