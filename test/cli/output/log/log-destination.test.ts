import fs from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { LogDestination } from '../../../../src/cli/output/log/log-destination.ts'

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

t.test('lines whose write failed are written once there is room, before later ones', async t => {
  const path = join(t.testdir(), 'log')
  const failed = Promise.withResolvers<Error>()
  const destination = new LogDestination(fs.openSync(path, 'a'), failed.resolve)
  const files = fs as unknown as { write: (...given: never[]) => void }
  const { write } = files
  files.write = (...given) => {
    files.write = write
    const callback = given.at(-1) as unknown as (error: Error) => void
    callback(Object.assign(new Error('full'), { code: 'ENOSPC' }))
  }
  destination.write(batch('a'))
  await failed.promise
  destination.write(batch('b'))
  await untilIt(() => fs.statSync(path).size === batch('a').length + batch('b').length)
  t.equal(fs.readFileSync(path, 'utf8'), batch('a') + batch('b'))
  destination.end()
})
