import { CommanderError } from 'commander'
import { exitCodeOf, explain } from './exit.ts'
import { readArguments } from './program.ts'
import type { CommandName, Invocation } from './program.ts'

type Command = (invocation: Invocation, argv: readonly string[]) => Promise<void>

/** Each command is loaded on demand, so that --version or a usage error does not wait for the server to load. */
const commands: Record<CommandName, () => Promise<Command>> = {
  serve: async () => (await import('./commands/serve.ts')).serve,
  check: async () => (await import('./commands/check.ts')).check,
  simulate: async () => (await import('./commands/simulate.ts')).simulate,
  config: async () => (await import('./commands/config.ts')).config,
  steps: async () => (await import('./commands/steps.ts')).steps,
  usage: async () => (await import('./commands/usage.ts')).usage,
  trace: async () => (await import('./commands/trace.ts')).trace,
  keys: async () => (await import('./commands/keys.ts')).keys,
  providers: async () => (await import('./commands/providers.ts')).providers,
  ask: async () => (await import('./commands/ask.ts')).ask,
}

async function main(argv: readonly string[]): Promise<void> {
  if (isHelpWanted(argv)) {
    const { showHelp } = await import('./commands/help.ts')
    return await showHelp(argv)
  }
  const invocation = readArguments(argv)
  const command = await commands[invocation.command]()
  await command(invocation, argv)
}

function isHelpWanted(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  const words = end === -1 ? argv : argv.slice(0, end)
  return words[0] === 'help' || words.includes('--help') || words.includes('-h')
}

// A reader of our output may close it early, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})
try {
  await main(process.argv.slice(2))
} catch (error) {
  process.exitCode = exitCodeOf(error)
  // Commander has already printed its error.
  if (!(error instanceof CommanderError)) process.stderr.write(`hulumanage: ${explain(error)}\n`)
}
