import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

const root = join(import.meta.dirname, '..')

/**
 * Runs the test files below some folders of `test` in this process. In a process of its own, most files take longer to
 * start Node, tap and the server than to run: a whole suite takes a third of the time in batches.
 */
export async function runFolders(...names: readonly string[]): Promise<void> {
  for (const name of names) {
    for (const file of testFiles(join(root, name))) {
      t.comment(file.slice(root.length + 1))
      await import(file)
    }
  }
}

/** The test files below a folder, in a fixed order. */
export function testFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.test.ts') && !name.includes('fixtures'))
    .map(name => join(folder, name))
    .toSorted()
}
