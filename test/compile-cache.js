// Loaded before each test file: modules that the files share are compiled once, not again in every process.
import module from 'node:module'
import { dirname } from 'node:path'

module.enableCompileCache()
// As the launcher does: threads, such as those of ledgers, have the cache only if the environment names it.
const folder = module.getCompileCacheDir()
if (folder !== undefined) process.env.NODE_COMPILE_CACHE ??= dirname(folder)
