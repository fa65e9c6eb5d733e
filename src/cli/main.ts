import { runCommand } from './commands/run-command.ts'

// A reader of our output may close it early, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})
await runCommand(process.argv.slice(2))
