import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

const root = join(import.meta.dirname, '..')

/**
 * Runs the test files below some folders of `test` in this process. In a process of its own, most files take longer to
 * start Node, tap and the server than to run: a whole suite takes a third of the time in batches.
 */
export async function runFolders(...names: readonly string[]): Promise<void> {
  // Tap drops the tests that are left, without a word, when it takes the process for idle.
  let isComplete = false
  process.once('exit', () => {
    if (isComplete) return
    console.error(`the batch of ${names.join(', ')} ended before its last test`)
    process.exitCode = 1
  })
  for (const name of names) {
    for (const file of testFiles(join(root, name))) {
      t.comment(file.slice(root.length + 1))
      await import(file)
    }
  }
  t.test('all files of the batch have run', async () => {
    isComplete = true
  })
}

/** The folders with a batch of their own, because the one of the folder around them would take too long. */
const apart = ['cli/commands', 'cli/workers', 'server/dashboard'].map(name => join(root, name, '/'))

/** The test files below a folder, in a fixed order. */
export function testFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.test.ts') && !name.includes('fixtures'))
    .map(name => join(folder, name))
    .filter(file => !apart.some(inner => file.startsWith(inner) && !join(folder, '/').startsWith(inner)))
    .toSorted()
}
