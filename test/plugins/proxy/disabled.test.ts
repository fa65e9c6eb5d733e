import { answer } from '../../fake-provider.ts'
import { clientTest, errorOf } from '../../clients/serve.ts'

const messages = [{ role: 'user' as const, content: 'Hello' }]

clientTest('a provider that is switched off is listed, and never asked', async (t, start) => {
  const off = { name: 'off', base_url: 'https://off.example/v1', models: ['only-there'], enabled: false }
  const { openai, baseURL, provider } = await start([answer('on'), answer('on')], { providers: [off] })
  const { providers } = (await (await fetch(new URL('/providers', baseURL))).json()) as {
    providers: object[]
  }
  t.match(providers, [{ name: 'off', status: 'disabled', host: 'off.example', active: 0 }])
  t.same((await openai.models.list()).data, [])
  t.match(await errorOf(openai.chat.completions.create({ model: 'only-there', messages })), { status: 503 })
  t.same(provider.requests, [])
  const stats = (await (await fetch(new URL('/health', baseURL))).json()) as object
  t.match(stats, { providers: { total: 0 } })
})
