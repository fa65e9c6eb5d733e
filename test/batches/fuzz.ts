import { runFolders } from './run-folders.ts'

await runFolders('fuzz', 'chaos', 'soak')
