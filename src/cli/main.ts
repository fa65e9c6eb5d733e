import { runCommand } from './commands/run-command.ts'
import { exitCodes } from './exit.ts'

process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  // A reader of our output may close it early, as `head` does.
  if (code === 'EPIPE') process.exit()
  process.stderr.write(`hulumanage: cannot write to standard output: ${message}\n`)
  process.exit(exitCodes.failure)
})
// Nobody is left to tell.
process.stderr.on('error', () => {})
await runCommand(process.argv.slice(2))
