import type { Budget, Leases, Store } from '../../src/store/store.ts'

/** Resolves when a store reports that it can reach its hub, or cannot. */
export async function until(store: Store, ok: boolean): Promise<void> {
  while (store.report().ok !== ok) {
    await new Promise<void>(resolve => {
      const stop = store.onRoom(() => {
        stop()
        resolve()
      })
    })
  }
}

/** Takes a lease, asking for one if necessary; returns whether there was one. */
export async function lease(leases: Leases, limit: number): Promise<boolean> {
  while (leases.room(limit) === 'unknown') await leases.ask(limit)
  if (leases.room(limit) !== 'free') return false
  leases.take()
  return true
}

/** Takes a lease that another peer has given back, waiting for that news to arrive. */
export async function awaitLease(store: Store, name: string, limit: number): Promise<boolean> {
  const leases = store.leases(name)
  while (!(await lease(leases, limit))) {
    if (store.report().kind === 'memory') return false
    await new Promise<void>(resolve => {
      const stop = store.onRoom(() => {
        stop()
        resolve()
      })
    })
  }
  return true
}

/** Takes up to `most` leases one after another; returns how many there were. */
export async function leases(from: Leases, limit: number, most: number): Promise<number> {
  let taken = 0
  while (taken < most && (await lease(from, limit))) taken++
  return taken
}

/** Resolves when everything the store has sent has reached the hub. */
export async function said(store: Store): Promise<void> {
  await store.tallies.totals()
}

/** Uses `amount` of a budget if it is available, asking for it if necessary. */
export async function draw(budget: Budget, amount: number): Promise<boolean> {
  const now = () => performance.now()
  while (budget.readyIn(amount, now()) === undefined) await budget.ask(amount, now())
  if (budget.readyIn(amount, now()) !== 0) return false
  budget.use(amount, now())
  return true
}
