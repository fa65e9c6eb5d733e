// Loaded before each test file: modules that the files share are compiled once, not again in every process.
import module from 'node:module'

module.enableCompileCache()
