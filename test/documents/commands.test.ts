import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { serve } from '../cli/spawn.ts'
import { answer, fakeProvider } from '../fake-provider.ts'
import type { FakeProvider } from '../fake-provider.ts'

/** A home, also the working folder, with the documents' first configuration in `folder`. */
function homeWith(t: Test, folder: string, { url }: FakeProvider): string {
  const home = t.testdir({})
  mkdirSync(join(home, folder))
  writeFileSync(
    join(home, folder, 'proxy_config.yaml'),
    `
providers:
  - name: primary
    base_url: ${url}
    api_key: \${OPENAI_API_KEY}
    weight: 2
    max_concurrent: 5  # at most 5 at a time
    model_map:
      gpt-4: gpt-4-turbo-preview
    
  - name: backup
    base_url: ${url}
    api_key: \${OPENAI_API_KEY_BACKUP}
    weight: 1
    max_concurrent: 2

routing:
  strategy: weighted

timeouts:
  request: 30
  connect: 5

queue:
  max_concurrent: 100
  timeout: 60
`,
  )
  return home
}

const keys = { OPENAI_API_KEY: 'sk-of-primary-1', OPENAI_API_KEY_BACKUP: 'sk-of-backup-2' }

interface Answer {
  readonly status: number
  readonly approach: string | null
}

async function ask(url: string, fields: object = {}): Promise<Answer> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4', messages: [{ role: 'user', content: 'Hello' }], ...fields }),
  })
  await response.text()
  return { status: response.status, approach: response.headers.get('x-hulumanage-approach') }
}

/** The key and the model of each request. */
function sent({ requests }: FakeProvider): string[] {
  return requests.map(({ headers, body }) => `${headers['authorization']} ${String(body['model'])}`)
}

t.test('hulumanage --approach proxy finds ~/.hulumanage/proxy_config.yaml', async t => {
  const provider = await fakeProvider(t)
  const cwd = homeWith(t, '.hulumanage', provider)
  const { url } = await serve(t, ['--approach', 'proxy'], { cwd, env: keys })
  for (let count = 0; count < 3; count += 1) t.same(await ask(url), { status: 200, approach: 'proxy' })
  const primary = 'Bearer sk-of-primary-1 gpt-4-turbo-preview'
  t.same(sent(provider), [primary, 'Bearer sk-of-backup-2 gpt-4', primary])
})

t.test('hulumanage alone takes the approach from each request, and logs its choices at DEBUG', async t => {
  const provider = await fakeProvider(t)
  const cwd = homeWith(t, '.hulumanage', provider)
  const env = { ...keys, hulumanage_LOG_LEVEL: 'DEBUG' }
  const { url, log, logged } = await serve(t, [], { cwd, env })
  const proxied = { status: 200, approach: 'proxy' }
  t.same(await ask(url, { model: 'proxy-gpt-4' }), proxied)
  t.same(await ask(url, { extra_body: { hulumanage_approach: 'proxy' } }), proxied)
  t.same(await ask(url), proxied, 'providers are configured, and nothing else is')
  t.match(await ask(url, { model: 'bon-gpt-4' }), { status: 200, approach: 'proxy-bon' })
  await logged('"approach":"proxy-bon"')
  const attempts = log().filter(line => line.includes('"reason":"weighted"'))
  t.ok(attempts.length >= 3, 'a line for each attempt says why it went there')
  t.notMatch(log().join('\n'), /sk-of-|Hello/, 'no keys and no prompts')
})

t.test('the configuration, the variables and the request field of OptiLLM work', async t => {
  const provider = await fakeProvider(t)
  const cwd = homeWith(t, '.optillm', provider)
  const env = { ...keys, OPTILLM_APPROACH: 'proxy-re2', OPTILLM_LOG_LEVEL: 'DEBUG' }
  const { url, logged } = await serve(t, [], { cwd, env })
  t.same(await ask(url), { status: 200, approach: 'proxy-re2' })
  const fields = { extra_body: { optillm_approach: 'proxy', proxy_wrap: 'none' } }
  t.same(await ask(url, fields), { status: 200, approach: 'proxy' })
  await logged('"reason":"weighted"')
})

t.test('--base_url and --approach auto use one service, and a prefix still selects the approach', async t => {
  const provider = await fakeProvider(t, answer('7'))
  const other = await fakeProvider(t)
  const env = { OPTILLM_BASE_URL: other.url, OPENAI_API_KEY: 'sk-openai-1' }
  const args = ['--base_url', provider.url, '--approach', 'auto']
  const { url } = await serve(t, args, { env })
  t.match(await ask(url), { status: 200 })
  t.same(await ask(url, { model: 'bon-gpt-4' }), { status: 200, approach: 'bon' })
  t.same(sent(provider)[0], 'Bearer sk-openai-1 gpt-4')
  t.same(other.requests, [], 'the flag wins')
})

t.test('OPTILLM_BASE_URL and OPENAI_BASE_URL name the service as well', async t => {
  for (const name of ['OPTILLM_BASE_URL', 'OPENAI_BASE_URL']) {
    const provider = await fakeProvider(t)
    const env = { [name]: provider.url, OPENAI_API_KEY: 'sk-openai-1' }
    const { url } = await serve(t, ['--approach', 're2'], { env })
    t.same(await ask(url), { status: 200, approach: 're2' })
    t.same(sent(provider), ['Bearer sk-openai-1 gpt-4'])
  }
})
