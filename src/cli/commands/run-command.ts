import { CommanderError } from 'commander'
import { exitCodeOf, explain } from '../exit.ts'
import { readArguments, showHelp } from '../program.ts'
import type { CommandName } from '../definitions.ts'
import type { Invocation } from '../program.ts'

type Command = (invocation: Invocation, argv: readonly string[]) => Promise<void>

/** Each command is loaded on demand, so that --version or a usage error does not wait for the server to load. */
const commands: Record<CommandName, () => Promise<Command>> = {
  serve: async () => (await import('./serve.ts')).serve,
  check: async () => (await import('./check.ts')).check,
  simulate: async () => (await import('./simulate.ts')).simulate,
  config: async () => (await import('./config.ts')).config,
  steps: async () => (await import('./steps.ts')).steps,
  usage: async () => (await import('./usage.ts')).usage,
  trace: async () => (await import('./trace.ts')).trace,
  keys: async () => (await import('./keys.ts')).keys,
  providers: async () => (await import('./providers.ts')).providers,
  ask: async () => (await import('./ask.ts')).ask,
}

/** Runs a command line. An error is printed, and sets the exit code of the process. */
export async function runCommand(argv: readonly string[]): Promise<void> {
  try {
    await run(argv)
  } catch (error) {
    process.exitCode = exitCodeOf(error)
    // Commander has already printed its error.
    if (!(error instanceof CommanderError)) process.stderr.write(`hulumanage: ${explain(error)}\n`)
  }
}

async function run(argv: readonly string[]): Promise<void> {
  if (isHelpWanted(argv)) return showHelp(argv)
  const invocation = readArguments(argv)
  const command = await commands[invocation.command]()
  await command(invocation, argv)
}

function isHelpWanted(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  const words = end === -1 ? argv : argv.slice(0, end)
  return words[0] === 'help' || words.includes('--help') || words.includes('-h')
}
