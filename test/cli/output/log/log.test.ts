import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { runHere } from '../../in-process.ts'
import { run, serve } from '../../spawn.ts'

const configuration = (monitoring: string) =>
  `providers: [{name: one, type: simulated, simulate: {latency_ms: 0}}]\nmonitoring: ${monitoring}\n`

function linesOf(file: string): { msg: string }[] {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  return lines.map(line => JSON.parse(line) as { msg: string })
}

t.test('the log file gets the same lines as stderr', async t => {
  const cwd = t.testdir({ 'hulumanage.yaml': configuration('{log_file: server.log, log_level: debug}') })
  const { child, url, log, ended } = await serve(t, [], { cwd })
  await (await fetch(`${url}/v1/models`)).text()
  child.kill('SIGTERM')
  t.same(await ended, [0, null])
  t.match(
    linesOf(join(cwd, 'server.log')).filter(({ msg }) => msg === 'request'),
    [{ route: '/v1/models', status: 200 }],
  )
  const loaded = (lines: readonly string[]) => lines.filter(line => line.includes('a plugin file is loaded'))
  const written = readFileSync(join(cwd, 'server.log'), 'utf8').split('\n')
  t.ok(loaded(written).length > 0)
  t.same(loaded(written), loaded(log()), 'line for line the same')
})

t.test('SIGHUP reopens a renamed file, and a reload can name another one', async t => {
  const cwd = t.testdir({ 'hulumanage.yaml': configuration('{log_file: a.log}') })
  const file = (name: string) => join(cwd, name)
  const { child, url, log, logged, ended } = await serve(t, [], { cwd })
  renameSync(file('a.log'), file('a.log.1'))
  child.kill('SIGHUP')
  await logged('configuration reloaded')
  writeFileSync(file('hulumanage.yaml'), configuration('{log_file: no/such/b.log}'))
  child.kill('SIGHUP')
  await logged('its folder does not exist')
  writeFileSync(file('hulumanage.yaml'), configuration('{log_level: debug, log_file: c.log}'))
  child.kill('SIGHUP')
  // Such a line appears only at the new level.
  do await (await fetch(`${url}/ready`)).text()
  while (!log().some(line => line.includes('"/ready"')))
  child.kill('SIGTERM')
  await ended
  t.notMatch(readFileSync(file('a.log.1'), 'utf8'), 'reloaded')
  t.match(linesOf(file('a.log'))[0], { msg: 'configuration reloaded' })
  // The line of the last request may come after it.
  t.ok(linesOf(file('c.log')).some(({ msg }) => msg === 'shutting down'))
})

t.test('a log file that cannot be written is reported at once', async t => {
  const cwd = t.testdir({ 'hulumanage.yaml': configuration('{log_file: no/such/server.log}') })
  const { code, stderr } = await run(t, [], { cwd })
  t.equal(code, 78)
  t.match(stderr, /monitoring\.log_file: cannot write .*server\.log: its folder does not exist/)
  const folder = await runHere(t, ['--config', 'hulumanage.yaml'], {
    cwd: t.testdir({ 'hulumanage.yaml': configuration('{log_file: .}') }),
  })
  t.match(folder.stderr, /monitoring\.log_file: cannot write .*: it is a folder/)
})

t.test('a server whose log has lost its reader, or its room on the disk, ends on a signal', async t => {
  const monitoring = existsSync('/dev/full') ? '{log_file: /dev/full}' : '{}'
  const cwd = t.testdir({ 'hulumanage.yaml': configuration(monitoring) })
  const { child, url, ended } = await serve(t, [], { cwd })
  child.stderr!.destroy()
  await (await fetch(`${url}/v1/models`)).text()
  child.kill('SIGTERM')
  t.same(await ended, [0, null])
})

t.test('lines on stderr are JSON, unless it is a terminal or people are to read them', async t => {
  const config = { 'hulumanage.yaml': configuration('{log_file: server.log}') }
  for (const [words, pattern] of [
    [[], /^\{"level":30/],
    [['--log-format', 'pretty'], /^\d\d:\d\d:\d\d\.\d{3} INFO /],
  ] as const) {
    const cwd = t.testdir(config)
    const { child, url, log, ended } = await serve(t, words, { cwd })
    await (await fetch(`${url}/v1/chat/completions`, { method: 'POST' })).text()
    child.kill('SIGTERM')
    await ended
    const lines = log().filter(line => line.includes('/v1/chat/completions'))
    t.match(lines, [pattern])
    t.match(
      linesOf(join(cwd, 'server.log')).at(-1),
      { msg: String },
      'the file has JSON lines in either case',
    )
  }
})
