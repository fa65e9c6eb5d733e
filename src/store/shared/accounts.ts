import { MemoryAccounts } from '../memory/accounts.ts'
import type { Accounts } from '../store.ts'
import type { HubAccess } from './hub-access.ts'

/** Accounts in the hub. While it is away, this peer has accounts of its own, which begin at 0. */
export function accountsOver({ hub, isUp }: HubAccess): Accounts {
  let own: MemoryAccounts | undefined
  return {
    charge: async (...values) => {
      try {
        if (isUp()) return await hub.charge(...values)
      } catch {
        // The store notices by itself that the hub is away.
      }
      own ??= new MemoryAccounts()
      return await own.charge(...values)
    },
  }
}
