import { perform } from './exchange.ts'
import type { Action } from './exchange.ts'
import type { Gate } from './gate.ts'

/** Performs one action after the other. */
export function sequence(...actions: readonly Action[]): Action {
  return async exchange => {
    for (const action of actions) await perform(action, exchange)
  }
}

/** Sends a status line and headers. Without content-length or transfer-encoding the body ends with the connection. */
export function head(status: number, headers: Readonly<Record<string, string | number>> = {}): Action {
  return exchange => exchange.head(status, headers)
}

/** Sends a part of the body, framed as the head announced. */
export function write(bytes: string | Uint8Array): Action {
  return exchange => exchange.write(bytes)
}

/** Sends bytes verbatim: junk, half a head, an invalid chunk size. */
export function raw(bytes: string | Uint8Array): Action {
  return exchange => exchange.raw(bytes)
}

/** Waits until the gate lets it pass or the caller has gone; without a gate, until the caller has gone. */
export function hold(gate?: Gate): Action {
  return async ({ request }) => {
    await Promise.race([...(gate ? [gate.pass()] : []), request.aborted, request.closed])
  }
}

/** Breaks the connection off with a RST. */
export function reset(): Action {
  return exchange => exchange.reset()
}

/** Closes the connection with a FIN, whether or not the answer is complete. */
export function fin(): Action {
  return exchange => exchange.close()
}

/** Sends bytes verbatim, one at each step of the gate. */
export function drip(bytes: string, gate: Gate): Action {
  return sequence(...Array.from(Buffer.from(bytes), byte => sequence(hold(gate), raw(Buffer.of(byte)))))
}

/** Sends a part of the body again and again until the caller has gone; waits while the caller does not read. */
export function flood(bytes: string): Action {
  return async exchange => {
    while (!exchange.over) await exchange.write(bytes)
  }
}
