import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { answer, fakeProvider, gate, hold, sequence } from '../fake-provider.ts'
import { runHere } from './in-process.ts'
import { launch, run, serve } from './spawn.ts'
import { askAll, get, serveTogether, simulated, skip } from './together.ts'

t.test('SIGTERM lets running requests finish, and the server exits with 0', { skip }, async t => {
  const door = gate()
  const fake = await fakeProvider(t, sequence(hold(door), answer()))
  const { child, url, ended, logged } = await serveTogether(t, {
    providers: [{ name: 'a', base_url: fake.url, api_key: 'sk-test' }],
  })
  const asking = askAll(url, 2)
  await door.reached(2)
  child.kill('SIGTERM')
  await logged('shutting down')
  door.release()
  t.strictSame(await asking, [200, 200])
  t.same(await ended, [0, null])
})

t.test('SIGTERM while the workers start ends the server with 0', { skip }, async t => {
  // The drain timeout of an hour would hold up the end if a worker that started late did not hear of it.
  const config = { ...simulated('one'), drain_timeout: 3600, ledger: false }
  const cwd = t.testdir({ 'hulumanage.yaml': JSON.stringify(config) })
  const child = launch(t, ['serve', '--workers', '2', '--port', '0'], { cwd })
  let log = ''
  child.stderr!.on('data', data => (log += String(data)))
  // The first worker listens; the second has yet to start.
  while (!log.includes('Server listening')) await once(child.stderr!, 'data')
  child.kill('SIGTERM')
  t.same(await once(child, 'exit'), [0, null])
})

t.test('SIGHUP makes every worker reload the configuration', { skip }, async t => {
  const cwd = t.testdir({ 'hulumanage.yaml': JSON.stringify(simulated('one')) })
  const { child, url, log } = await serve(t, ['--workers', '2'], { cwd })
  writeFileSync(join(cwd, 'hulumanage.yaml'), JSON.stringify(simulated('two')))
  child.kill('SIGHUP')
  const reloads = () => log().filter(line => line.includes('configuration reloaded')).length
  while (reloads() < 2) await get(`${url}/health`)
  const reports = await Promise.all(Array.from({ length: 4 }, () => get(`${url}/providers`)))
  t.ok(reports.every(report => report.includes('"name":"two"')))
})

t.test('an error of the first worker ends the server, and is reported once', async t => {
  const taken = createServer().listen(0, '127.0.0.1')
  t.teardown(() => taken.close())
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  const cwd = t.testdir({ 'hulumanage.yaml': JSON.stringify(simulated('one')) })
  const { code, stderr } = await run(t, ['--workers', '3', '--port', String(port)], { cwd })
  t.equal(code, 69)
  t.equal(stderr.match(/in use/g)?.length, 1)
})

t.test('more workers than the maximum number of their calls are refused', async t => {
  const cwd = t.testdir({
    'hulumanage.yaml': JSON.stringify({ ...simulated('one'), queue: { max_concurrent: 2 } }),
  })
  t.match(await runHere(t, ['--workers', '3'], { cwd }), { code: 78, stderr: /queue\.max_concurrent/ })
})
