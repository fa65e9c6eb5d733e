import type { Test } from 'tap'
import { MemoryHub } from '../../src/store/memory/memory-hub.ts'
import { SharedStore } from '../../src/store/shared/shared-store.ts'
import type { Store } from '../../src/store/store.ts'
import { silentLog } from '../silent-log.ts'

/** Stores of two servers that share one hub. */
export async function twoStores(t: Test): Promise<[Store, Store]> {
  const shared = new MemoryHub(() => 1)
  const join = async (peer: string) => {
    const hub = shared.join(peer, () => {})
    const open = async ({ onUp }: { readonly onUp: () => Promise<void> }) => await onUp()
    const connection = { kind: 'test', hub, open, close: async () => {} }
    const store = await SharedStore.open(connection, silentLog)
    t.teardown(() => store.close())
    return store
  }
  return [await join('one'), await join('two')]
}
