import type { Exchange } from '../exchange.ts'
import { nameOfClient } from './record/request-record.ts'

/**
 * Whether a reader may see the texts of requests of a client: operators may see all, others their own. Figures of other
 * clients are less private, and have the rule of their routes.
 */
export function mayReadTexts(reader: Pick<Exchange, 'named' | 'tenant'>): (client: string | null) => boolean {
  if (reader.named?.role === 'operator') return () => true
  const name = nameOfClient(reader)
  return client => client === name
}
