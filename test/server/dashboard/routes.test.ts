import { once } from 'node:events'
import { get } from 'node:http'
import type { IncomingMessage } from 'node:http'
import t from 'tap'
import { errorTable } from '../../../src/contract/error-table.ts'
import { pageFiles } from '../../../src/server/dashboard/page-files.ts'
import { replyFrom } from '../../../src/chat/reply.ts'
import type { Reply } from '../../../src/contract/index.ts'
import { answer, gate, hold, sequence } from '../../fake-provider.ts'
import { serve as serveProviders } from '../../matrix/serve.ts'
import { configOf, serve } from '../serve.ts'
import type { LiveReport } from '../../../src/server/dashboard/live-report.ts'

const asBrowser = { accept: 'text/html,application/xhtml+xml' }

/** The reports of a feed, as they arrive. */
async function* reportsOf(url: string, headers: Record<string, string> = {}): AsyncGenerator<LiveReport> {
  const response = await fetch(`${url}/dashboard/events`, { headers })
  let text = ''
  for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
    const lines = (text + piece).split('\n')
    text = lines.pop() ?? ''
    for (const line of lines)
      if (line.startsWith('data: ')) yield JSON.parse(line.slice('data: '.length)) as LiveReport
  }
}

t.test('a browser gets the dashboard at /, a program the endpoints', async t => {
  const { url } = await serve(t)
  const page = await fetch(url, { headers: asBrowser })
  t.match(page.headers.get('content-type'), 'text/html')
  t.match(await page.text(), '<title>hulumanage</title>')
  t.match(await (await fetch(url)).json(), { name: 'hulumanage', links: { dashboard: '/dashboard' } })
})

t.test('the page and its files need no key; the events and the endpoints do', async t => {
  const { url } = await serve(t, { config: { api_keys: ['k'] } })
  t.equal((await fetch(url, { headers: asBrowser })).status, 200)
  t.equal((await fetch(`${url}/dashboard/main.js`)).status, 200)
  t.equal((await fetch(`${url}/dashboard/vendor/preact.js`)).status, 200)
  t.equal((await fetch(url)).status, 401)
  t.equal((await fetch(`${url}/dashboard/events`)).status, 401)
})

t.test('nothing but the files of the page can be had below /dashboard', async t => {
  const { url } = await serve(t)
  for (const path of ['tsconfig.json', '../app.ts', '%2e%2e/app.ts', 'vendor', 'index.html', '__proto__'])
    t.equal((await fetch(`${url}/dashboard/${path}`)).status, 404, path)
})

t.test(
  'the page explains the errors of servers and limits, and is less than 100 kB with all its files',
  async t => {
    const { url } = await serve(t)
    const errors = (await (await fetch(`${url}/dashboard/errors.json`)).json()) as Record<string, object>
    const explained = Object.entries(errorTable).filter(([, { status }]) => status >= 500 || status === 429)
    t.strictSame(
      Object.keys(errors),
      explained.map(([code]) => code),
    )
    for (const words of Object.values(errors)) t.strictSame(Object.keys(words), ['when', 'fix'])
    const { document, parts } = pageFiles()
    const bytes = [document, ...parts.values()].reduce((sum, file) => sum + file.bytes.length, 0)
    t.ok(bytes < 100_000, `${bytes} bytes`)
  },
)

t.test('the page runs only its own scripts, and a file that is known is not sent again', async t => {
  const { url } = await serve(t)
  const page = await fetch(`${url}/dashboard`)
  t.match(page.headers.get('content-security-policy'), /default-src 'none'; script-src 'self' 'sha256-[^']+'/)
  const file = await fetch(`${url}/dashboard/main.js`)
  const again = await fetch(`${url}/dashboard/main.js`, {
    headers: { 'if-none-match': file.headers.get('etag')! },
  })
  t.equal(again.status, 304)
})

t.test('a report has the requests that ended in its second, and no monitoring', async t => {
  const { url, post } = await serve(t)
  const reports = reportsOf(url)
  t.match((await reports.next()).value, { in_flight: 0, ended: [], running: [] })
  await (
    await post('/v1/chat/completions', { model: 'm', messages: [{ role: 'user', content: 'hi' }] })
  ).text()
  await (await fetch(`${url}/health`)).text()
  for await (const { ended } of reports) {
    if (ended.length === 0) continue
    t.match(ended, [{ id: /^req_/, model: 'm', status: 200, tokens: { prompt: 3, completion: 2 } }])
    t.equal(ended.length, 1)
    break
  }
})

t.test('the reports end when their key is taken back', async t => {
  const operator = { name: 'ann', key: 'key-of-ann', role: 'operator' as const }
  const { url, currentConfig } = await serve(t, { config: { clients: [operator] } })
  for (const clients of [
    [{ ...operator, role: 'user' as const }],
    [{ ...operator, expires: '2020-01-31' }],
    [{ ...operator, key: 'other' }],
  ]) {
    currentConfig.replace(configOf({ clients: [operator] }))
    const reports = reportsOf(url, { authorization: 'Bearer key-of-ann' })
    t.notOk((await reports.next()).done)
    currentConfig.replace(configOf({ clients }))
    // One may be on its way, if a second has passed.
    while (!(await reports.next()).done);
  }
})

t.test('a report counts all requests, also those that it does not list', async t => {
  const { url, post } = await serve(t)
  const reports = reportsOf(url)
  await reports.next()
  const body = { model: 'm', messages: [{ role: 'user', content: 'hi' }] }
  const ask = async (more: object) => await (await post('/v1/chat/completions', { ...body, ...more })).text()
  await Promise.all(Array.from({ length: 600 }, (_empty, index) => ask(index < 10 ? { messages: 5 } : {})))
  const sums = { requests: 0, failed: 0, tokens: 0 }
  for await (const { ended, totals } of reports) {
    t.ok(ended.length <= 500)
    sums.requests += totals.requests
    sums.failed += totals.failed
    sums.tokens += totals.tokens
    if (sums.requests >= 600) break
  }
  t.strictSame(sums, { requests: 600, failed: 10, tokens: 590 * 5 })
})

t.test('a report has the calls that wait for a provider', async t => {
  const door = gate()
  const server = await serveProviders(t, [sequence(hold(door), answer())], {
    config: { api_keys: [] },
    entries: [{ max_concurrent: 1 }],
  })
  const answers = Promise.allSettled([server.client.ask(), server.client.ask()])
  for await (const { waiting } of reportsOf(server.running.url)) {
    t.ok(waiting <= 1)
    if (waiting === 1) break
  }
  door.release()
  for (const { status } of await answers) t.equal(status, 'fulfilled')
})

t.test('a report shows the beginning of a model name, however long a client makes it', async t => {
  const { promise, resolve } = Promise.withResolvers<Reply>()
  const { url, post } = await serve(t, { answer: () => promise })
  const model = 'm'.repeat(2_000)
  const asked = post('/v1/chat/completions', { model, messages: [{ role: 'user', content: 'hi' }] })
  for await (const { running } of reportsOf(url)) {
    if (running.length === 0) continue
    t.equal(running[0]?.model, `${'m'.repeat(80)}…`)
    break
  }
  resolve(replyFrom('hello', 'm'))
  await (await asked).text()
})

t.test('a server that drains ends its reports instead of waiting for who watches', async t => {
  const { app, url } = await serve(t)
  const [response] = (await once(get(`${url}/dashboard/events`), 'response')) as [IncomingMessage]
  await once(response, 'data')
  const ended = once(response.resume(), 'end')
  await app.inFlight.drain([app.server], 60_000)
  await ended
})
