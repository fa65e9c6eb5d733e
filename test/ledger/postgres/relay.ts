import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import type { Owner } from '../../fake-provider/ports.ts'

/** A relay before a database that can break connections at the worst moment. */
export class Relay {
  readonly port: number
  /** Breaks the connection that next commits: the database has committed, but nobody hears of it. */
  breaksAtCommit = false
  /** Forwards nothing more, and leaves the connections open. */
  isSilent = false

  private constructor(port: number) {
    this.port = port
  }

  static async start(t: Owner, target: number): Promise<Relay> {
    const sockets = new Set<Socket>()
    const server = createServer(client => {
      const database = connect(target, '127.0.0.1')
      for (const socket of [client, database]) {
        sockets.add(socket)
        socket.on('error', () => socket.destroy())
        socket.on('close', () => {
          client.destroy()
          database.destroy()
          sockets.delete(socket)
        })
      }
      client.on('data', bytes => {
        if (relay.isSilent) return
        database.write(bytes)
        if (!relay.breaksAtCommit || !bytes.includes('COMMIT')) return
        relay.breaksAtCommit = false
        database.once('data', () => client.destroy())
        database.removeListener('data', answer)
      })
      const answer = (bytes: Buffer) => void client.write(bytes)
      database.on('data', answer)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const relay = new Relay((server.address() as AddressInfo).port)
    t.teardown(() => {
      for (const socket of sockets) socket.destroy()
      server.close()
    })
    return relay
  }
}
