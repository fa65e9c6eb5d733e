import { runFolders } from './run-folders.ts'

await runFolders('registry', 'store', 'text', 'time', 'types')
