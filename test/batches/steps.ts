import { runFolders } from './run-folders.ts'

await runFolders('ledger', 'registry', 'store', 'text', 'time', 'types')
