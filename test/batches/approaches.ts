import { runFolders } from './run-folders.ts'

await runFolders('answers', 'approaches')
