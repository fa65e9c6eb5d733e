import { Worker } from 'node:worker_threads'

/** Writes the main thread's stack to stderr once it has been busy for a second, so that a finding has a place. */
export function watchMainThread(): void {
  const beats = new Int32Array(new SharedArrayBuffer(4))
  setInterval(() => Atomics.add(beats, 0, 1), 100).unref()
  new Worker(watching, { eval: true, workerData: beats }).unref()
}

const watching = `
  const { Session } = require('node:inspector')
  const { workerData: beats } = require('node:worker_threads')
  let last = 0, still = 0
  setInterval(() => {
    const now = Atomics.load(beats, 0)
    still = now === last ? still + 1 : 0
    last = now
    if (still === 5) lookAtMainThread()
  }, 200)
  function lookAtMainThread() {
    const session = new Session()
    session.connectToMainThread()
    session.on('Debugger.paused', ({ params }) => {
      const frames = params.callFrames.map(frame =>
        '    at ' + frame.functionName + ' (' + frame.url + ':' + (frame.location.lineNumber + 1) + ')')
      process.stderr.write('BUSY\\n' + frames.join('\\n') + '\\n')
      session.post('Debugger.resume', () => session.disconnect())
    })
    session.post('Debugger.enable', () => session.post('Debugger.pause'))
  }`
