// Loaded before each test file: our sources run as they stand, without maps. If tap has maps read for stack traces, Node
// searches all generated code for them, such as that of each route of each server: a tenth of the time of a batch.
process.setSourceMapsEnabled(false)
