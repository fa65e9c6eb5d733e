import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { runHere } from '../in-process.ts'
import { serveHere } from '../serve-here.ts'
import { serve } from '../spawn.ts'

const config = `
providers:
  - { name: sim, type: simulated, simulate: { latency_ms: 0, token_ms: 0 }, price: { input: 1, output: 2 } }
ledger: { path: ledger.db }
`

t.test('the ledger of a server is read on the command line, also while the server writes it', async t => {
  const cwd = t.testdir({ 'hulumanage.yaml': config })
  const { child, url, ended } = await serve(t, [], { cwd })
  const headers = { 'content-type': 'application/json', 'x-request-id': 'seen' }
  const body = JSON.stringify({ model: 'bon&proxy-m', messages: [{ role: 'user', content: 'Hi' }] })
  await (await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body })).text()
  // The server answers this after it has written the request.
  t.equal((await fetch(`${url}/requests/seen`)).status, 200)
  const trace = await runHere(t, ['trace', 'seen'], { cwd })
  t.equal(trace.stderr, '')
  t.match(trace.stdout, /^seen .*\nproxy-bon {2}m {2}200/)
  t.match(trace.stdout, /^ *proxy\.bon\.draw +\| *=+ *\| {2}ok .* sim /m)

  child.kill('SIGTERM')
  t.same(await ended, [0, null])
  const csv = await runHere(t, ['usage', '--by', 'model', '--csv'], { cwd })
  t.match(csv.stdout, /^model,requests,.*\r\nm,1,0,/)
  t.match(await runHere(t, ['usage', '--csv', '--json'], { cwd }), {
    code: 1,
    stderr: /either --csv or --json/,
  })
  const json = await runHere(t, ['usage', '--by', 'chain', '--json'], { cwd })
  t.match(JSON.parse(json.stdout), [{ chain: 'proxy-bon', requests: 1 }])
  const table = await runHere(t, ['usage'], { cwd })
  t.match(table.stdout, /^day .*cost\n\d{4}-\d\d-\d\d +1 .*\$0\.\d+/)
})

t.test(
  'the texts of a request are printed for those who want them, without codes for the terminal',
  async t => {
    const cwd = t.testdir({ 'hulumanage.yaml': config.replace('ledger.db', 'ledger.db, bodies: all') })
    const { url } = await serveHere(t, { cwd })
    const headers = { 'content-type': 'application/json', 'x-request-id': 'seen' }
    const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hi\u001B[2J\nthere' }] })
    await (await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body })).text()
    t.match(await (await fetch(`${url}/requests/seen`)).text(), 'there')
    const plain = await runHere(t, ['trace', 'seen'], { cwd })
    t.notMatch(plain.stdout, 'there')
    const { stdout } = await runHere(t, ['trace', 'seen', '--texts'], { cwd })
    t.match(stdout, /\n--- texts of the client\nuser: Hi\?\[2J\n {2}there\nassistant: /)
    const json = await runHere(t, ['trace', 'seen', '--texts', '--json'], { cwd })
    t.match(JSON.parse(json.stdout), { texts: { prompt: [{ role: 'user' }] } })
  },
)

t.test('a request or a ledger that does not exist is named, and nothing is created', async t => {
  const cwd = t.testdir({ 'hulumanage.yaml': config })
  const none = await runHere(t, ['trace', 'seen'], { cwd })
  t.equal(none.code, 1)
  t.match(none.stderr, /no ledger is at .*ledger\.db/)
  t.match((await runHere(t, ['usage'], { cwd })).stderr, /no ledger is at .*--server asks one that runs/)
})

t.test('a ledger that cannot be read is named, with what to do', async t => {
  const cwd = t.testdir({ 'hulumanage.yaml': config, 'ledger.db': 'This is no database. '.repeat(100) })
  for (const words of [['usage'], ['trace', 'seen']])
    t.match(await runHere(t, words, { cwd }), { code: 1, stderr: /cannot be read: .*database.*ledger\.db/ })
})

t.test('usage and trace say the same of a running server as of its ledger', async t => {
  const clients = 'clients: [{name: root, key: root-key, role: operator}, {name: ann, key: ann-key}]\n'
  const cwd = t.testdir({
    elsewhere: {},
    'hulumanage.yaml': config.replace('ledger.db', 'ledger.db, bodies: all') + clients,
  })
  const { url } = await serveHere(t, { cwd })
  const headers = {
    'content-type': 'application/json',
    'x-request-id': 'seen',
    authorization: 'Bearer ann-key',
  }
  const body = JSON.stringify({ model: 'bon&proxy-m', messages: [{ role: 'user', content: 'Hi\u001B[2J' }] })
  await (await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body })).text()
  // The server answers this after it has written the request.
  const asRoot = { headers: { authorization: 'Bearer root-key' } }
  t.match(await (await fetch(`${url}/requests/seen`, asRoot)).text(), '"texts"')
  const env = { HULUMANAGE_SERVER: url, HULUMANAGE_OPERATOR_KEY: 'root-key' }
  const elsewhere = { cwd: `${cwd}/elsewhere` }
  for (const words of ['trace seen', 'trace seen --texts', 'usage --by model --csv', 'usage']) {
    const local = await runHere(t, words.split(' '), { cwd })
    t.match(local, { code: 0, stderr: '' }, words)
    t.strictSame(await runHere(t, words.split(' '), { ...elsewhere, env }), local, words)
  }
  for (const words of ['trace seen --json', 'trace seen --texts --json', 'usage --json']) {
    const local = await runHere(t, words.split(' '), { cwd })
    const remote = await runHere(t, words.split(' '), { ...elsewhere, env })
    t.strictSame(JSON.parse(remote.stdout), JSON.parse(local.stdout), words)
  }
  const flags = ['--server', url, '--operator-key', 'root-key']
  t.match((await runHere(t, ['usage', ...flags], elsewhere)).stdout, /^day /)
  const unknown = await runHere(t, ['trace', 'other'], { ...elsewhere, env })
  t.match(unknown, { code: 1, stderr: /answered: The ledger has no request "other"; .*x-request-id/ })
  const wrong = await runHere(t, ['usage', '--by', 'week', ...flags], elsewhere)
  t.match(wrong, { code: 1, stderr: /by: expected some of day, hour/ })
  const ofUser = { ...env, HULUMANAGE_OPERATOR_KEY: 'ann-key' }
  t.match(await runHere(t, ['usage'], { ...elsewhere, env: ofUser }), { code: 1, stderr: /operator/ })
})

t.test('a sum that a server lacks is shown as unknown, and rows without requests are refused', async t => {
  let row: object = { day: '2026-01-01', requests: 1200, failed: 3, calls: 1300, cost: null }
  const server = createServer((_request, response) => response.end(JSON.stringify({ data: [row] })))
  t.teardown(() => server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const words = ['usage', '--server', `http://127.0.0.1:${port}`, '--operator-key', 'k']
  const { stdout } = await runHere(t, words)
  t.match(stdout, /^2026-01-01 +1,200 +3 +1,300 +- +- +- +- +-$/m)
  const stderr = /does not answer as a server of this program does/
  for (row of [
    { day: '2026-01-01' },
    { requests: 1200 },
    { day: '2026-01-01', requests: 1, cost: '2' },
    { day: 5, requests: 1 },
  ])
    t.match(await runHere(t, words), { code: 1, stdout: '', stderr }, JSON.stringify(row))
})
