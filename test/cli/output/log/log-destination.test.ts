import fs from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { LogDestination } from '../../../../src/cli/output/log/log-destination.ts'
import { TestClock } from '../../../test-clock.ts'

/** A line that is a batch by itself. */
const batch = (letter: string) => `${letter.repeat(15 * 1024)}\n`

type Write = (fd: number, bytes: Uint8Array, callback: () => void) => void

/** Holds back the next write of the process; returns a function that waits for it and lets it go. */
function holdNextWrite(): () => Promise<void> {
  const held = Promise.withResolvers<() => void>()
  const files = fs as unknown as { write: Write }
  const { write } = files
  files.write = (...given) => {
    files.write = write
    held.resolve(() => write(...given))
  }
  return async () => (await held.promise)()
}

async function untilIt(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise(resolve => setImmediate(resolve))
}

t.test('lines that come during a write follow it, without waiting for further lines', async t => {
  const path = join(t.testdir(), 'log')
  const destination = new LogDestination(fs.openSync(path, 'a'))
  const release = holdNextWrite()
  destination.write(batch('a'))
  destination.write(batch('b'))
  await release()
  await untilIt(() => fs.statSync(path).size === batch('a').length + batch('b').length)
  t.equal(fs.readFileSync(path, 'utf8'), batch('a') + batch('b'))
  destination.end()
})

t.test('a flush writes all lines before it returns', t => {
  const path = join(t.testdir(), 'log')
  const destination = new LogDestination(fs.openSync(path, 'a'))
  destination.write('one\n')
  destination.write('two\n')
  t.equal(fs.readFileSync(path, 'utf8'), '')
  destination.flushSync()
  t.equal(fs.readFileSync(path, 'utf8'), 'one\ntwo\n')
  destination.end()
  t.end()
})

// A device that is always full.
const full = { skip: !fs.existsSync('/dev/full') }

t.test('a flush returns although the descriptor cannot be written', full, t => {
  const destination = new LogDestination(fs.openSync('/dev/full', 'a'))
  destination.write('one\n')
  destination.flushSync()
  destination.write('two\n')
  destination.end()
  t.end()
})

t.test('a descriptor that cannot be written is reported', full, async t => {
  const failed = Promise.withResolvers<NodeJS.ErrnoException>()
  const destination = new LogDestination(fs.openSync('/dev/full', 'a'), failed.resolve)
  destination.write(batch('a'))
  t.match(await failed.promise, { code: 'ENOSPC' })
  destination.end()
})

type Failing = (...given: unknown[]) => void

/** Lets writes of the process fail until `stop` is called. */
function failWrites(t: Test, code: string): { readonly count: () => number; readonly stop: () => void } {
  const files = fs as unknown as { write: Failing }
  const { write } = files
  let count = 0
  const stop = () => void (files.write = write)
  t.teardown(stop)
  files.write = (...given) => {
    count++
    const callback = given.at(-1) as (error: Error) => void
    callback(Object.assign(new Error('no'), { code }))
  }
  return { count: () => count, stop }
}

for (const [code, seconds] of [
  ['EAGAIN', 0.05],
  ['ENOSPC', 1],
] as const)
  t.test(
    `after ${code} further lines start no write, and all are written in order when it is tried again`,
    async t => {
      const clock = TestClock.start(t)
      const path = join(t.testdir(), 'log')
      const reported: Error[] = []
      const destination = new LogDestination(fs.openSync(path, 'a'), error => reported.push(error))
      const failing = failWrites(t, code)
      destination.write(batch('a'))
      for (let line = 0; line < 20; line++) destination.write(batch('b'))
      t.equal(failing.count(), 1)
      t.equal(reported.length, code === 'EAGAIN' ? 0 : 1)
      failing.stop()
      await clock.pass(seconds)
      const expected = batch('a') + batch('b').repeat(20)
      await untilIt(() => fs.statSync(path).size === expected.length)
      t.equal(fs.readFileSync(path, 'utf8'), expected)
      destination.end()
    },
  )

t.test('what waits for a write to end is written at an exit, even after the end', async t => {
  const path = join(t.testdir(), 'log')
  const before = process.listeners('exit')
  const added = () => process.listeners('exit').filter(listener => !before.includes(listener))
  const destination = new LogDestination(fs.openSync(path, 'a'))
  const release = holdNextWrite()
  destination.write(batch('a'))
  destination.write('b\n')
  destination.end()
  for (const exit of added()) exit.call(process, 0)
  t.equal(fs.readFileSync(path, 'utf8'), 'b\n')
  await release()
  await untilIt(() => added().length === 0)
  t.equal(fs.statSync(path).size, batch('a').length + 2)
})
