import { runFolders } from './run-folders.ts'

await runFolders('matrix', 'faults')
