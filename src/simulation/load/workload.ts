import type { ChainRequest } from '../../chain/request.ts'
import { background } from '../../time/background.ts'
import type { VirtualTime } from '../clock/virtual-time.ts'
import { SimulatedClient } from './client.ts'
import type { Surroundings } from './client.ts'

/** The requests of a simulation. */
export interface Load {
  /** Seconds from the start, ascending. */
  readonly arrivals: Iterator<number, void>
  /** Makes the next request. */
  readonly next: () => ChainRequest
}

/** Sends each request at its time, and runs the clock until the last answer has ended. */
export async function runLoad(load: Load, time: VirtualTime, surroundings: Surroundings): Promise<void> {
  const { arrivals, next } = load
  const startedAt = time.now
  let begun = 0
  let open = 0
  let isLast = false
  const arrive = (): void => {
    begun += 1
    open += 1
    const client = new SimulatedClient(begun, surroundings)
    const answered = client.send(next()).finally(() => (open -= 1))
    background(answered, surroundings.log, 'a simulated request failed')
    schedule()
  }
  const schedule = (): void => {
    const { value: seconds } = arrivals.next()
    if (seconds === undefined) isLast = true
    else time.after(startedAt + seconds * 1000 - time.now, arrive)
  }
  schedule()
  await time.run(() => isLast && open === 0)
}
