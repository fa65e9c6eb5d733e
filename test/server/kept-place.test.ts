import t from 'tap'
import { answer, fakeProvider } from '../fake-provider.ts'
import { noRedis, RedisServer } from '../store/redis-server.ts'
import { startHost } from './host.ts'

if (noRedis) t.pass('', { skip: noRedis })
else
  t.test('all keys in Redis begin with the namespace, those of responses and thoughts as well', async t => {
    const redis = await RedisServer.start(t)
    const call = { id: 'call_1', type: 'function', function: { name: 'get', arguments: '{}' } }
    const fake = await fakeProvider(t, [
      answer('one'),
      answer({ content: null, reasoning_content: 'hm', tool_calls: [call] }),
      answer('three'),
    ])
    const host = async () =>
      await startHost(t, {
        approach: 'proxy',
        redis: { url: redis.url, namespace: 'ours', timeout: 30 },
        providers: [{ name: 'a', base_url: fake.url, api_key: 'sk-test', max_concurrent: 2 }],
      })
    const [one, two] = [await host(), await host()]
    const post = async (url: string, body: object) =>
      (await (
        await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ model: 'm', ...body }),
        })
      ).json()) as { id: string; output?: unknown }

    const { id } = await post(`${one.url}/v1/responses`, { input: 'a' })
    await post(`${one.url}/v1/chat/completions`, {
      messages: [{ role: 'user', content: 'b' }],
      tools: [{ type: 'function', function: { name: 'get', parameters: { type: 'object' } } }],
    })
    const keys = (await redis.command('KEYS', '*')).split('\r\n').filter(line => /^[a-z]/.test(line))
    t.strictSame(
      keys.filter(key => !key.startsWith('ours:')),
      [],
    )
    for (const kind of ['responses', 'thoughts'])
      t.ok(
        keys.some(key => key.startsWith(`ours:${kind}:`)),
        kind,
      )

    await post(`${two.url}/v1/responses`, { previous_response_id: id, input: 'c' })
    const { messages } = fake.requests.at(-1)!.body as { messages: { content: unknown }[] }
    t.strictSame(
      messages.map(({ content }) => content),
      ['a', 'one', 'c'],
      'continued by another server',
    )
  })
