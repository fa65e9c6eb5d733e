import { runFolders } from './run-folders.ts'

await runFolders('dialects', 'providers', 'fake-provider')
