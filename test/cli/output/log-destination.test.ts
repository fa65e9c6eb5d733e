import fs from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { LogDestination } from '../../../src/cli/output/log-destination.ts'

/** A line that is a batch by itself. */
const batch = (letter: string) => `${letter.repeat(15 * 1024)}\n`

type Write = (fd: number, text: string, encoding: string, callback: () => void) => void

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
