import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import t from 'tap'
import type { Test } from 'tap'
import { closedPort } from '../../fake-provider.ts'
import { runHere } from '../in-process.ts'
import { serveHere } from '../serve-here.ts'
import { serve } from '../spawn.ts'

const config = `providers:
  - {name: sim, type: simulated, price: {input: 1, output: 2}, simulate: {latency_ms: 0, token_ms: 0}}
ledger: false
clients: [{name: ann, key: ann-key}]
`
const env = { HULUMANAGE_KEY: 'ann-key' }

t.test('ask has a running server answer, with its own models, chains and keys', async t => {
  const plugins = {
    'one.js': "export default { name: 'one', summary: 'One', run: async () => 'first' }",
    'two.js': "export default { name: 'two', summary: 'Two', run: async () => 'second\\n' }",
  }
  const { url } = await serve(t, [], { cwd: t.testdir({ 'hulumanage.yaml': config, plugins }) })
  const ask = async (words: string, more: Parameters<typeof runHere>[2] = { env }) =>
    await runHere(t, ['ask', ...words.split(' '), '--server', url], more)
  const both = await ask('hi --model m --approach one|two --key ann-key', {})
  t.same(both, { code: 0, stdout: 'first\n\nsecond\n', stderr: '' })
  t.match(await ask('- --model m --approach one', { env, input: 'hi' }), { stdout: 'first\n' })
  const traced = await ask('Where is the sea? --model m --approach bon --trace')
  const tree =
    /^\nproxy\.bon\.draw +\| *=+ *\| +ok +\d+ ms +sim +m +\d+ \+ \d+ tokens +\$0\.\d+ +\(2 of 3 choices: .+\)\n$/
  t.match(traced, { code: 0, stdout: /\n$/, stderr: tree })
  const whole = await ask('hi --model m --approach bon --trace --json')
  t.match(JSON.parse(whole.stdout), {
    object: 'chat.completion',
    usage: { cost: Number },
    hulumanage_trace: [{ path: 'proxy.bon.draw' }],
  })
})

t.test('ask names what a server refuses, and flags that only an answer without a server has', async t => {
  const { url } = await serveHere(t, { cwd: t.testdir({ 'hulumanage.yaml': config }) })
  const ask = async (...words: readonly string[]) => await runHere(t, ['ask', 'hi', ...words], { env: {} })
  const at = ['--server', url]
  t.match(await ask(...at, '--model', 'm'), {
    code: 1,
    stdout: '',
    stderr: /answered: The key is missing or wrong/,
  })
  const keyed = [...at, '--key', 'ann-key']
  t.match((await ask(...keyed, '--model', 'm', '--approach', 'nope')).stderr, /answered: .*nope/)
  t.match((await ask(...keyed, '--base-url', 'x')).stderr, '--base-url is for an answer without a server')
  t.match((await ask(...keyed, '--bon-n', '2')).stderr, "unknown option '--bon-n'")
  t.match((await ask('--key', 'k')).stderr, '--key is for a server: name it with --server')
  t.match((await ask('--server', 'nonsense')).stderr, '--server: expected an address')
  for (const secret of ['ann:pw', ':pw']) {
    const { stderr } = await ask('--server', `http://${secret}@localhost`)
    t.match(stderr, '--server: expected an address')
    t.notMatch(stderr, 'pw')
  }
})

t.test('an answer that breaks off is an error, behind the text that has come', async t => {
  const frames = {
    'without its end': ['{"choices":[{"index":0,"delta":{"content":"half"}}]}'],
    'with an error': [
      '{"choices":[{"index":0,"delta":{"content":"half"}}]}',
      '{"error":{"message":"no more"}}',
    ],
    'with an error in a text': [
      '{"choices":[{"index":0,"delta":{"content":"half"}}]}',
      '{"error":"no more"}',
    ],
    'with an error without a message': [
      '{"choices":[{"index":0,"delta":{"content":"half"}}]}',
      '{"error":{}}',
    ],
    'with other data': ['{"choices":[{"index":0,"delta":{"content":"half"}}]}', '{"choices":1}'],
  }
  const errors = [
    /broke off before the end/,
    /answered: no more/,
    /answered: no more/,
    /answered: an error without a message/,
    /does not answer as a server of this program/,
  ]
  for (const [index, [name, datas]] of Object.entries(frames).entries()) {
    const url = await answering(t, datas)
    const asked = await runHere(t, ['ask', 'hi', '--server', url])
    t.match(asked, { code: 1, stdout: /^half/, stderr: errors[index] }, name)
  }
})

t.test('an answer may take as long as the server lets it', async t => {
  const { tick } = createRequire(import.meta.url)('undici/lib/util/timers.js') as {
    tick: (ms: number) => void
  }
  const url = await listening(t, (_request, response) => {
    tick(3_600_000)
    response.setHeader('content-type', 'application/json').flushHeaders()
    tick(3_600_000)
    setImmediate(() => response.end('{"choices":[]}'))
  })
  t.match(await runHere(t, ['ask', 'hi', '--json', '--server', url]), { code: 0, stdout: /choices/ })
})

t.test('an answer in one piece that breaks off is an error', async t => {
  const url = await listening(t, (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 99 })
    response.write('{"choices":', () => response.destroy())
  })
  const asked = await runHere(t, ['ask', 'hi', '--json', '--server', url])
  t.match(asked, { code: 1, stdout: '', stderr: /broke off before the end of the answer/ })
  t.notMatch(asked.stderr, /^ +at /m)
})

t.test('the calls that are known are printed although the answer breaks off', async t => {
  const trace = [{ path: 'proxy.bon.draw', start_ms: 0, ms: 1 }]
  const url = await answering(t, [JSON.stringify({ choices: [], hulumanage_trace: trace })])
  const asked = await runHere(t, ['ask', 'hi', '--trace', '--server', url])
  t.match(asked, { code: 1, stderr: /proxy\.bon\.draw[^]*broke off before the end/ })
})

t.test(
  'the calls behind an error are printed, whether it comes in place of the answer or within it',
  async t => {
    const dead = `providers: [{name: dead, base_url: "${await closedPort(t)}", api_key: k}]
ledger: false
`
    const { url } = await serveHere(t, { cwd: t.testdir({ 'hulumanage.yaml': dead }) })
    const asked = await runHere(t, [
      'ask',
      'hi',
      '--model',
      'm',
      '--approach',
      'bon',
      '--trace',
      '--server',
      url,
    ])
    t.match(asked, {
      code: 1,
      stdout: '',
      stderr: /proxy\.bon\.draw .* upstream_unreachable .* dead[^]*answered: /,
    })
    const trace = [{ path: 'proxy.bon.draw', start_ms: 0, ms: 1 }]
    const within = await answering(t, [JSON.stringify({ error: { message: 'no' }, hulumanage_trace: trace })])
    const broken = await runHere(t, ['ask', 'hi', '--trace', '--server', within])
    t.match(broken, { code: 1, stderr: /proxy\.bon\.draw[^]*answered: no/ })
  },
)

async function answering(t: Test, datas: readonly string[]): Promise<string> {
  return await listening(t, (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(datas.map(data => `data: ${data}\n\n`).join(''))
  })
}

async function listening(t: Test, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
