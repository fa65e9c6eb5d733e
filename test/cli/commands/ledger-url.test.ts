import t from 'tap'
import { noPostgres, PostgresServer } from '../../ledger/postgres/server.ts'
import { runHere } from '../in-process.ts'
import { serveHere } from '../serve-here.ts'
import { run, serve } from '../spawn.ts'

const configOf = (url: string) => `
providers: [{ name: sim, type: simulated, simulate: { latency_ms: 0, token_ms: 0 } }]
ledger: { url: "${url}" }
`
/** No server listens here. */
const nowhere = 'postgres://ann:secret@127.0.0.1:1/ledger'

t.test('a package that is missing ends a start, and is found by check', async t => {
  const cwd = t.testdir({ 'hulumanage.yaml': configOf(nowhere) })
  const hooks = `import { registerHooks } from 'node:module'
    registerHooks({ resolve: (name, context, next) => {
      if (name === 'pg') throw new Error('not installed')
      return next(name, context)
    } })`
  const node = ['--import', `data:text/javascript,${encodeURIComponent(hooks)}`]
  for (const command of ['serve', 'check']) {
    const { code, stderr } = await run(t, [command], { cwd, node })
    t.equal(code, 78)
    t.match(stderr, /ledger\.url: .*npm install pg@\d/, command)
  }
})

t.test(
  'a server whose database is away starts with a warning, and answers',
  { skip: noPostgres },
  async t => {
    const cwd = t.testdir({ 'hulumanage.yaml': configOf(nowhere) })
    const { url, child, ended, log } = await serve(t, [], { cwd })
    t.equal((await ask(url, 'lost')).status, 200)
    t.equal(await statusOf(`${url}/requests`), 503)
    child.kill('SIGTERM')
    t.same(await ended, [0, null])
    t.match(log().join(''), /the ledger cannot be written/)
    t.notMatch(log().join(''), 'secret')
    const usage = await runHere(t, ['usage'], { cwd })
    t.equal(usage.code, 1)
    t.match(usage.stderr, /The ledger cannot be read: connect ECONNREFUSED/)
  },
)

t.test(
  'servers with one database have one ledger, also on the command line',
  { skip: noPostgres },
  async t => {
    const postgres = await PostgresServer.start(t)
    const cwd = t.testdir({ 'hulumanage.yaml': configOf(postgres.url()) })
    const [one, other] = [await serveHere(t, { cwd }), await serve(t, [], { cwd })]
    await ask(one.url, 'seen')
    // A database that is slow does not have it yet when the server is asked.
    while ((await statusOf(`${one.url}/requests/seen`)) !== 200);
    t.equal(await statusOf(`${other.url}/requests/seen`), 200)
    const trace = await runHere(t, ['trace', 'seen'], { cwd })
    t.match(trace.stdout, /^seen /)
    const check = await runHere(t, ['check'], { cwd })
    t.match(check.stdout, `postgres://tester@127.0.0.1:${postgres.port}/postgres`)
  },
)

async function statusOf(url: string): Promise<number> {
  const response = await fetch(url)
  await response.text()
  return response.status
}

async function ask(url: string, id: string): Promise<Response> {
  const headers = { 'content-type': 'application/json', 'x-request-id': id }
  const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] })
  const response = await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body })
  await response.text()
  return response
}
