import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startWatched } from '../trips/server.ts'
import { travelOften } from '../trips/trips.ts'
import type { Counter } from './counter.ts'

const warmUp = 300
const measured = 50
/**
 * Without the optimizing compilers, which rewrite functions at some moment in the first twenty thousand requests and would make each count
 * another one. All code is compiled to machine code that does what the bytecode says.
 */
const steadyFlags = ['--no-opt', '--no-maglev', '--always-sparkplug', '--no-concurrent-sparkplug']
/** Room for what several counts allocate, so that few of them have a collection. */
const newSpaceMiB = 64

/**
 * Counts the thousands of instructions that the server executes for a request, in all its threads and without the kernel, under
 * valgrind's callgrind. Compare the lowest of several counts: in others, something was compiled or collected, too.
 */
export async function startInstructions(checkout: string): Promise<Counter> {
  const folder = mkdtempSync(join(tmpdir(), 'hulumanage-counts-'))
  const server = await startWatched(checkout, {
    execPath: 'valgrind',
    execArgv: [
      '--quiet',
      '--tool=callgrind',
      '--instr-atstart=no',
      `--callgrind-out-file=${join(folder, 'out')}`,
      process.execPath,
      ...steadyFlags,
      `--min-semi-space-size=${newSpaceMiB}`,
      `--max-semi-space-size=${newSpaceMiB}`,
    ],
  })
  const control = (...words: readonly string[]) =>
    execFileSync('vgdb', [`--pid=${server.pid}`, ...words], { stdio: ['ignore', 'ignore', 'pipe'] })
  return {
    title: 'thousand instructions',
    warm: async trip => {
      // Instrumentation makes it several times slower.
      control('instrumentation', 'off')
      await travelOften(server.url, trip, warmUp)
      control('instrumentation', 'on')
      await travelOften(server.url, trip, measured)
    },
    count: async trip => {
      control('zero')
      await travelOften(server.url, trip, measured)
      control('dump')
      return takeTotal(folder) / measured / 1000
    },
    stop: async () => {
      await server.stop()
      rmSync(folder, { recursive: true })
    },
  }
}

/** The instructions in the only dump of a folder, which is removed. */
function takeTotal(folder: string): number {
  const [name, ...more] = readdirSync(folder).filter(file => /^out\.\d+$/.test(file))
  if (name === undefined || more.length > 0) throw new Error('callgrind wrote no dump, or several')
  const path = join(folder, name)
  const total = /^(?:summary|totals): (\d+)/m.exec(readFileSync(path, 'utf8'))?.[1]
  rmSync(path)
  if (total === undefined) throw new Error('the dump of callgrind has no total')
  return Number(total)
}
