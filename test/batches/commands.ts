import { runFolders } from './run-folders.ts'

await runFolders('cli/commands', 'cli/workers')
