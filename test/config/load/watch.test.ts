import { execFileSync } from 'node:child_process'
import { renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { loadConfig } from '../../../src/config/load/load.ts'
import { watchConfig } from '../../../src/config/load/watch.ts'

/** A watcher of `hulumanage.yaml` that checks only on request; `log` has the loaded ports and the errors. */
function watching(t: Test, text = 'port: 1') {
  const cwd = t.testdir({ 'hulumanage.yaml': text })
  const load = () =>
    loadConfig({ cwd, home: join(cwd, 'home'), env: {}, flags: { config: 'hulumanage.yaml' } })
  const log: (number | string)[] = []
  const { check, stop } = watchConfig({
    files: load().watched,
    load,
    onChange: loaded => log.push(loaded.config.port),
    onError: error => log.push(error instanceof Error ? error.message.split('\n')[0]! : 'no error'),
    intervalMs: 3_600_000,
  })
  t.teardown(stop)
  const twice = async () => {
    await check()
    await check()
  }
  return { cwd, file: join(cwd, 'hulumanage.yaml'), log, check, twice, stop }
}

t.test('an edit is loaded once the file is stable', async t => {
  const { file, log, check, twice } = watching(t)
  await twice()
  writeFileSync(file, 'port: 2')
  await check()
  writeFileSync(file, 'port: 3')
  await check()
  t.strictSame(log, [])
  await check()
  t.strictSame(log, [3])
  await twice()
  t.strictSame(log, [3])
})

t.test('an edit that keeps size and time is noticed', async t => {
  const { file, log, twice } = watching(t)
  utimesSync(file, 1, 1)
  await twice()
  writeFileSync(file, 'port: 2')
  utimesSync(file, 1, 1)
  await twice()
  t.strictSame(log, [2])
})

t.test('touching a file without changing it loads nothing', async t => {
  const { file, log, twice } = watching(t)
  utimesSync(file, new Date(), new Date())
  await twice()
  t.strictSame(log, [])
})

t.test('an invalid edit is reported once, and the next valid one is loaded', async t => {
  const { file, log, twice } = watching(t)
  writeFileSync(file, 'port: x')
  await twice()
  await twice()
  t.strictSame(log, ['the configuration has a problem:'])
  writeFileSync(file, 'prt: 1')
  await twice()
  writeFileSync(file, 'port: 2')
  await twice()
  t.strictSame(log, ['the configuration has a problem:', 'the configuration has a problem:', 2])
})

t.test('a file replaced by rename or behind a symlink is noticed, and its absence is an error', async t => {
  const { cwd, file, log, twice } = watching(t)
  writeFileSync(join(cwd, 'new'), 'port: 2')
  renameSync(join(cwd, 'new'), file)
  await twice()
  writeFileSync(join(cwd, 'target'), 'port: 3')
  symlinkSync('target', join(cwd, 'link'))
  renameSync(join(cwd, 'link'), file)
  await twice()
  rmSync(file)
  await twice()
  writeFileSync(file, 'port: 4')
  await twice()
  t.strictSame(log, [2, 3, 'the configuration has a problem:', 4])
})

t.test('a pipe in place of the file is an error, and nobody waits for what it may bring', async t => {
  const { file, log, twice } = watching(t)
  rmSync(file)
  execFileSync('mkfifo', [file])
  await twice()
  t.strictSame(log, ['the configuration has a problem:'])
  rmSync(file)
  writeFileSync(file, 'port: 2')
  await twice()
  t.strictSame(log, ['the configuration has a problem:', 2])
})

t.test('a change of .env is noticed', async t => {
  const { cwd, log, twice } = watching(t, 'port: ${PORT:-1}')
  writeFileSync(join(cwd, '.env'), 'PORT=5')
  await twice()
  t.strictSame(log, [5])
})

t.test('nothing is loaded after the watcher has stopped', async t => {
  const { file, log, twice, stop } = watching(t)
  writeFileSync(file, 'port: 2')
  stop()
  await twice()
  t.strictSame(log, [])
})
