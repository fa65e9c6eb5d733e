// Loaded before each test file: tap follows each promise to the test that made it, so that an error which nobody catches
// fails that test. That takes an eighth of the time of a batch. Without it, such
// an error ends the process, with its stack, and the batch fails.
import hooks from 'node:async_hooks'
import { syncBuiltinESMExports } from 'node:module'

const { createHook } = hooks
hooks.createHook = callbacks => createHook('destroy' in callbacks ? {} : callbacks)
syncBuiltinESMExports()
