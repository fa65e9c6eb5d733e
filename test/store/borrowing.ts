import type { Budget, Leases, Store } from '../../src/store/store.ts'

/** Takes a lease if there is one at hand or for the asking. */
export async function lease(leases: Leases, limit: number): Promise<boolean> {
  while (leases.room(limit) === 'unknown') await leases.ask(limit)
  if (leases.room(limit) !== 'free') return false
  leases.take()
  return true
}

/** Takes a lease that others have given back: the word of it may still be on its way. */
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

/** Takes so many leases one after the other; tells how many there were. */
export async function leases(from: Leases, limit: number, most: number): Promise<number> {
  let taken = 0
  while (taken < most && (await lease(from, limit))) taken++
  return taken
}

/** Resolves when what the store has told the others has come to where they share it. */
export async function said(store: Store): Promise<void> {
  await store.tallies.totals()
}

/** Uses so much of a budget if it is there, having asked for it. */
export async function draw(budget: Budget, amount: number): Promise<boolean> {
  const now = () => performance.now()
  while (budget.readyIn(amount, now()) === undefined) await budget.ask(amount, now())
  if (budget.readyIn(amount, now()) !== 0) return false
  budget.use(amount, now())
  return true
}
