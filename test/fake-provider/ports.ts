import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { Worker } from 'node:worker_threads'

/** The part of tap's test object that fakes need. */
export interface Owner {
  teardown: (clean: () => void | Promise<void>) => unknown
}

/**
 * A local port where nothing listens, as a base URL. An open connection holds the port until the test is
 * over, so that nothing else can start listening there.
 */
export async function closedPort(t: Owner): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const holder = await connected((server.address() as AddressInfo).port)
  t.teardown(() => {
    holder.destroy()
    server.close()
  })
  return `http://127.0.0.1:${holder.localPort}/v1`
}

/**
 * Keeps a local port from others although nothing listens there any more: requests that are still sent to it would reach
 * whatever the system gives the port to, such as a provider of a test that runs at the same time. Resolves to a function
 * that gives it back; one that listens there again does not have to wait for that.
 */
export async function holdPort(port: number): Promise<() => void> {
  const server = createServer(socket => socket.on('error', () => {})).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const holder = connect({
    port: (server.address() as AddressInfo).port,
    host: '127.0.0.1',
    localAddress: '127.0.0.1',
    localPort: port,
  })
  // If somebody has got the port meanwhile, it is not free either.
  holder.on('error', () => {})
  await Promise.race([once(holder, 'connect'), once(holder, 'close')])
  server.close()
  return () => holder.resetAndDestroy()
}

/**
 * A port that nothing listens at before the test says so, or after: that of a program which has to be told one, or of a server
 * that is asked once more after its end. It is outside of the range from which systems choose ports, so that no connection or
 * server of these tests gets it meanwhile.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000)
    const server = createServer().listen(port, '127.0.0.1')
    try {
      await once(server, 'listening')
    } catch {
      continue
    }
    server.close()
    await once(server, 'close')
    return port
  }
}

/**
 * A port that never answers a connection attempt, as a base URL: it listens in a thread that accepts nothing, and its
 * backlog is full. Linux only; elsewhere a full backlog refuses.
 */
export async function blackHole(t: Owner): Promise<string> {
  const worker = new Worker(deafListener, { eval: true })
  const [port] = (await once(worker, 'message')) as [number]
  const fillers = await Promise.all([connected(port), connected(port)])
  t.teardown(async () => {
    for (const filler of fillers) filler.destroy()
    await worker.terminate()
  })
  return `http://127.0.0.1:${port}/v1`
}

const deafListener = `
  const { parentPort } = require('node:worker_threads')
  const server = require('node:net').createServer()
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  })`

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}
