// Loaded before each test file: what the files have in common is compiled once, and not by every process anew.
import module from 'node:module'

module.enableCompileCache()
