import type { ClientBudget } from '../../../config/sections/clients/client-budget.ts'

/** A period of a budget. */
export interface Period {
  /** Tells it from others of the same length. */
  readonly id: string
  /** Unix time in milliseconds; 0 if it never began. */
  readonly startsAt: number
  /** Unix time in milliseconds; Infinity if it never ends. */
  readonly endsAt: number
}

/** The period that `now` is in, Unix time in milliseconds. Days and months are those of UTC. */
export function periodAt(per: ClientBudget['per'], now: number): Period {
  if (per === 'total') return { id: 'total', startsAt: 0, endsAt: Infinity }
  const date = new Date(now)
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()]
  const text = date.toISOString()
  return per === 'day'
    ? { id: text.slice(0, 10), startsAt: Date.UTC(year, month, day), endsAt: Date.UTC(year, month, day + 1) }
    : { id: text.slice(0, 7), startsAt: Date.UTC(year, month, 1), endsAt: Date.UTC(year, month + 1, 1) }
}
