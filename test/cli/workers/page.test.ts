import { once } from 'node:events'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import t from 'tap'
import { answer, fakeProvider, gate, hold, sequence } from '../../fake-provider.ts'
import type { LiveReport } from '../../../src/server/dashboard/live-report.ts'
import { askAll, get, serveTogether, skip } from '../together.ts'

/** The reports that a page gets from the worker that has its connection, which is no longer used afterwards. */
async function* reportsOf(url: string): AsyncGenerator<LiveReport> {
  const [response] = (await once(request(`${url}/dashboard/events`, { agent: false }).end(), 'response')) as [
    IncomingMessage,
  ]
  response.setEncoding('utf8')
  let text = ''
  for await (const piece of response as AsyncIterable<string>) {
    const lines = (text + piece).split('\n')
    text = lines.pop() ?? ''
    for (const line of lines)
      if (line.startsWith('data: ')) yield JSON.parse(line.slice('data: '.length)) as LiveReport
  }
}

/** The next report, which must come. */
async function next(reports: AsyncGenerator<LiveReport>): Promise<LiveReport> {
  const { done, value } = await reports.next()
  if (done) throw new Error('the reports have ended')
  return value
}

/** The only provider, as a worker shows it. */
async function provider(url: string) {
  const { providers } = JSON.parse(await get(`${url}/providers`)) as {
    providers: { requests: number; active: number }[]
  }
  return providers[0]!
}

t.test('a page shows the requests and providers of all workers', { skip }, async t => {
  const door = gate()
  const fake = await fakeProvider(t, sequence(hold(door), answer()))
  const serving = await serveTogether(t, {
    providers: [{ name: 'a', base_url: fake.url, api_key: 'sk-test' }],
    routing: { health_check: { enabled: false } },
  })
  const { url } = serving
  const reports = reportsOf(url)
  t.match((await reports.next()).value, { in_flight: 0, running: [], ended: [] })

  const asked = askAll(url, 8)
  await door.reached(8)
  // A worker that is too busy to answer in time is left out.
  while ((await provider(url)).active < 8);
  let report = await next(reports)
  while (report.in_flight < 8) report = await next(reports)
  t.equal(new Set(report.running.map(({ id }) => id)).size, 8, 'those that take long, too')
  door.release()
  t.strictSame(new Set(await asked), new Set([200]))
  let requests = 0
  const ids: string[] = []
  while (requests < 8) {
    const { totals, ended } = await next(reports)
    requests += totals.requests
    ids.push(...ended.map(({ id }) => id))
  }
  t.equal(requests, 8)
  t.equal(new Set(ids).size, 8, 'each once')
  const busy = () =>
    new Set(serving.log().flatMap(line => /"worker":(\d).*"msg":"request"/.exec(line)?.[1] ?? []))
  let shown = await provider(url)
  while (shown.requests < 8 || shown.active > 0) shown = await provider(url)
  t.equal(shown.requests, 8)
  // Both workers have some. One that is slow to accept connections may have got none yet.
  while (busy().size < 2) await askAll(url, 2)
  await reports.return(undefined)
})
