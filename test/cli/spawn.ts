import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { compiledCode } from '../compiled-code.ts'

/** The program as it is installed. */
export const bin = fileURLToPath(new URL('../../bin/hulumanage.js', import.meta.url))
/** The configuration of `npm start`. */
export const demo = fileURLToPath(new URL('../../examples/demo.yaml', import.meta.url))

/** Makes a Node that is new enough report that it is too old, in the launcher but not in its child. */
export const oldNode = [
  '--import',
  `data:text/javascript,${encodeURIComponent(
    `if (!process.env.HULUMANAGE_LAUNCHER) Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })`,
  )}`,
]

export interface SpawnOptions {
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly program?: string
  /** The port of a server; by default a free one. */
  readonly port?: number
  /** Options of Node itself. */
  readonly node?: readonly string[]
}

export interface Finished {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** Node without the loader that the test runner adds to every Node started by a test. */
const nodeCommand =
  process.platform === 'win32' ? [process.execPath] : ['/usr/bin/env', '-u', 'NODE_OPTIONS', process.execPath]

/** Starts the program in an empty folder, with an empty home and only the given variables. */
export function launch(t: Test, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
  const { env = {}, cwd = t.testdir({}), program = bin, node = [] } = options
  const [command = '', ...words] = [...nodeCommand, ...node, program, ...args]
  const child = spawn(command, words, { cwd, env: { HOME: cwd, ...compiledCode, ...env } })
  t.teardown(() => child.kill('SIGKILL'))
  child.stdin.end(options.input ?? '')
  return child
}

/** Runs the program to its end. */
export async function run(t: Test, args: readonly string[], options: SpawnOptions = {}): Promise<Finished> {
  return await finished(launch(t, args, options))
}

async function finished(child: ChildProcess): Promise<Finished> {
  const [stdout, stderr, [code, signal]] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
  ])
  return { code, signal, stdout, stderr }
}

export interface Serving {
  readonly child: ChildProcess
  readonly url: string
  /** All of stdout so far, which grows. */
  readonly output: () => string
  /** Lines of the log so far. */
  readonly log: () => readonly string[]
  /** Resolves when a line of the log has the text. */
  readonly logged: (words: string) => Promise<void>
  /** Resolves when the streams of the program have closed, with its exit code or signal. */
  readonly ended: Promise<[code: number | null, signal: NodeJS.Signals | null]>
}

/** Starts a server and waits until it has printed its address and a sample call. */
export async function serve(t: Test, args: readonly string[], options: SpawnOptions = {}): Promise<Serving> {
  const child = launch(t, [...args, '--port', String(options.port ?? 0)], options)
  let output = ''
  let log = ''
  child.stdout!.setEncoding('utf8').on('data', (piece: string) => (output += piece))
  child.stderr!.setEncoding('utf8').on('data', (piece: string) => (log += piece))
  const ended = once(child, 'close') as Serving['ended']
  while (!output.includes('Try it:')) {
    await Promise.race([once(child.stdout!, 'data'), ended])
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}: ${log}`)
  }
  const logged = async (words: string): Promise<void> => {
    while (!log.includes(words)) await once(child.stderr!, 'data')
  }
  const url = /is listening on (\S+)/.exec(output)![1]!
  return { child, url, output: () => output, log: () => log.split('\n'), logged, ended }
}
