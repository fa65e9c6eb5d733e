import { runFolders } from './run-folders.ts'

await runFolders('attempt', 'chain', 'chat', 'http', 'sampling')
