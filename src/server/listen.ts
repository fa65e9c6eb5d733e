import { lookup } from 'node:dns/promises'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Runner } from '../chain/run/runner.ts'
import { HulumanageError } from '../contract/index.ts'
import { checkOpenness } from './access/openness.ts'
import { FurtherListener } from './further-listener.ts'
import type { AppOptions } from './app.ts'
import { createApp } from './app.ts'

/** A server that accepts requests; `P` is what `prepare` returned. */
export interface RunningServer<P = unknown> {
  readonly app: FastifyInstance
  readonly prepared: P
  readonly url: string
  /** The second address, if there is one. */
  readonly adminUrl: string | undefined
  /** Refuses new requests, lets running ones finish within `drain_timeout`, and closes. */
  stop: () => Promise<void>
}

/** Builds the app and listens on the configured address; port 0 is any free port. */
export async function startServer<P extends { readonly runner: Runner }>(
  options: AppOptions<P>,
): Promise<RunningServer<P>> {
  const { app, prepared, admin } = await createApp(options)
  const { host, port, drain_timeout: drainSeconds } = options.currentConfig.value
  const further: FurtherListener[] = []
  try {
    checkOpenness(options.currentConfig.value)
    await listening({ host, port }, '--port', async () => {
      const [first = host, ...others] = await addressesOf(host)
      await app.listen({ host: first, port })
      for (const other of others) {
        const listener = new FurtherListener(app, (request, response) => app.routing(request, response))
        if (await isListening(listener, other, portOf(app.server))) further.push(listener)
      }
    })
    if (admin) await listening(admin.address, 'admin.port', () => admin.listen())
  } catch (error) {
    await closeAll(app, further)
    throw error
  }
  const servers = [app, ...further, ...(admin ? [admin] : [])].map(({ server }) => server)
  let stopping: Promise<void> | undefined
  return {
    app,
    prepared,
    url: urlOf(app.server, host),
    adminUrl: admin && urlOf(admin.server, admin.address.host),
    stop: () => (stopping ??= stop(app, servers, further, drainSeconds * 1000)),
  }
}

/** Throws `config_invalid` if the system refuses an address. `key` is where its port is set. */
async function listening(
  { host, port }: { readonly host: string; readonly port: number },
  key: string,
  listen: () => Promise<unknown>,
): Promise<void> {
  try {
    await listen()
  } catch (error) {
    const message = `cannot listen on ${host}:${port}: ${reasonOf(error, key)}`
    throw new HulumanageError('config_invalid', message, { cause: error })
  }
}

function reasonOf(error: unknown, key: string): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') return `the port is in use; choose another with ${key}`
  if (code === 'EADDRNOTAVAIL') return 'this machine has no such address; choose another host'
  if (code === 'EACCES') return `the port needs special privileges; choose one above 1023 with ${key}`
  return message
}

/**
 * The addresses of this machine that a host names. `localhost` has one of each family. Fastify would listen on both, but with a
 * second server that has none of the limits of the first, and that nothing drains.
 */
async function addressesOf(host: string): Promise<readonly string[]> {
  if (host !== 'localhost') return [host]
  const found = await lookup(host, { all: true })
  return [...new Set(found.map(({ address }) => address))]
}

/** Listens on an address; false if this machine lacks it, as one without IPv6 does. */
async function isListening(listener: FurtherListener, host: string, port: number): Promise<boolean> {
  try {
    await listener.listen(host, port)
    return true
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT') return false
    throw error
  }
}

async function stop(
  app: FastifyInstance,
  servers: readonly Server[],
  further: readonly FurtherListener[],
  drainMs: number,
): Promise<void> {
  await app.inFlight.drain(servers, drainMs)
  await closeAll(app, further)
}

async function closeAll(app: FastifyInstance, further: readonly FurtherListener[]): Promise<void> {
  await Promise.all(further.map(listener => listener.close()))
  await app.close()
}

function urlOf(server: Server, host: string): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${portOf(server)}`
}

function portOf(server: Server): number {
  // The address of a listening TCP server has this shape.
  return (server.address() as AddressInfo).port
}
