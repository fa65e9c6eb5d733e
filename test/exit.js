// Loaded before each test file: ends its process by `exit` once it has nothing left to do. Without it, Node closes what is
// open by itself, and on busy machines spins for good in that (26.10: `Environment::CleanupHandles`, with a socket of a
// client that was aborted while it connected).
let isIdle = false
process.on('beforeExit', () => {
  if (isIdle) process.exit()
  isIdle = true
  // Comes back here after whatever the other listeners have begun.
  setImmediate(() => {})
})
