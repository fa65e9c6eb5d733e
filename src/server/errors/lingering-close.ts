import type { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'

/** Bytes that are read and discarded on one connection: twice the body that the server would keep by default. */
const mostBytes = 64 * 1024 * 1024
/** Milliseconds that one connection may linger. */
const longestMs = 30_000
/** Connections that may linger at once. One more closes the oldest, so that nobody keeps others from lingering. */
const mostConnections = 256

/** The connections that linger in this process, the oldest first. */
const lingering = new Set<Socket>()
/** Called when the last connection has closed. */
const waiting = new Set<() => void>()

/**
 * Lets the connection of a request whose answer closes it linger if its body has not arrived by then. A connection that is closed
 * with bytes unread is reset, and the reset takes along the answer that the client has not read yet.
 */
export function lingerIfUnread({ raw }: { readonly raw: IncomingMessage }): void {
  const { socket } = raw
  // Node closes a connection after its last answer with this method.
  socket.destroySoon = () => {
    if (raw.complete) Socket.prototype.destroySoon.call(socket)
    else closeLingering(socket)
  }
}

/**
 * Ends the answers on a connection, with `last` if given, and closes it once the client has closed it, too, or has used up
 * its time or bytes. Everything that arrives until then is discarded.
 */
export function closeLingering(socket: Socket, last = ''): void {
  if (lingering.size >= mostConnections) closeOldest()
  lingering.add(socket)
  const timer = setTimeout(() => socket.destroy(), longestMs)
  socket.once('close', () => {
    clearTimeout(timer)
    forget(socket)
  })
  // The HTTP parser would read more requests, which nobody answers.
  socket.removeAllListeners('data')
  let read = 0
  socket.on('data', ({ length }) => {
    read += length
    if (read > mostBytes) socket.destroy()
  })
  socket.resume()
  socket.end(last)
}

/** Resolves when no connection lingers any more, at the latest after `milliseconds`. */
export function lingeringOver(milliseconds: number): Promise<void> {
  if (lingering.size === 0) return Promise.resolve()
  return new Promise(resolve => {
    const end = (): void => {
      clearTimeout(timer)
      waiting.delete(end)
      resolve()
    }
    const timer = setTimeout(end, milliseconds)
    waiting.add(end)
  })
}

function closeOldest(): void {
  for (const oldest of lingering) {
    forget(oldest)
    oldest.destroy()
    return
  }
}

function forget(socket: Socket): void {
  lingering.delete(socket)
  if (lingering.size === 0) for (const end of waiting) end()
}
