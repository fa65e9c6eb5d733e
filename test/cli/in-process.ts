import { Readable, Writable } from 'node:stream'
import type { Test } from 'tap'
import { runCommand } from '../../src/cli/commands/run-command.ts'
import { compiledCode } from '../compiled-code.ts'
import type { Finished, SpawnOptions } from './spawn.ts'

/**
 * Runs a command as `run` does, but in this process: for tests of what a command prints and with which code it ends, which need
 * no start of Node. The command sees its own folder, variables and streams. Logs go to stderr of the test, not to the result.
 */
export async function runHere(
  t: Test,
  args: readonly string[],
  { input = '', env = {}, cwd = t.testdir({}) }: Pick<SpawnOptions, 'input' | 'env' | 'cwd'> = {},
): Promise<Pick<Finished, 'code' | 'stdout' | 'stderr'>> {
  const [stdout, stderr] = [new Output(), new Output()]
  const { exitCode } = process
  const folder = process.cwd()
  const exitListeners = new Set(process.listeners('exit'))
  const restore = [
    // The threads of simulations and ledgers find their compiled code by a variable.
    replaceEnvironment({ HOME: cwd, ...compiledCode, ...env }),
    replace('stdin', Readable.from([input])),
    replace('stdout', stdout),
    replace('stderr', stderr),
  ]
  process.chdir(cwd)
  process.exitCode = undefined
  try {
    await runCommand(args)
    return { code: codeOf(process), stdout: stdout.text, stderr: stderr.text }
  } finally {
    process.exitCode = exitCode
    process.chdir(folder)
    for (const undo of restore) undo()
    // A log writes its last lines when the process exits, and listens for that.
    for (const listener of process.listeners('exit'))
      if (!exitListeners.has(listener)) process.off('exit', listener)
  }
}

/** The code with which the process would end. */
function codeOf({ exitCode = 0 }: Pick<NodeJS.Process, 'exitCode'>): number {
  return Number(exitCode ?? 0)
}

/** Keeps what is written to it; unlike a terminal, it shows no progress. */
class Output extends Writable {
  text = ''

  override _write(chunk: Buffer | string, _encoding: string, done: () => void): void {
    this.text += String(chunk)
    done()
  }
}

function replace(name: 'stdin' | 'stdout' | 'stderr', value: object): () => void {
  const own = Object.getOwnPropertyDescriptor(process, name)!
  Object.defineProperty(process, name, { configurable: true, value })
  return () => void Object.defineProperty(process, name, own)
}

function replaceEnvironment(env: Readonly<Record<string, string>>): () => void {
  const own = { ...process.env }
  const set = (variables: NodeJS.ProcessEnv) => {
    for (const name of Object.keys(process.env)) delete process.env[name]
    Object.assign(process.env, variables)
  }
  set(env)
  return () => set(own)
}
