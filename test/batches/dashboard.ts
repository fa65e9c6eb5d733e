import { runFolders } from './run-folders.ts'

await runFolders('server/dashboard')
