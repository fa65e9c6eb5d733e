import { HulumanageError } from '../../contract/index.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { clip } from '../../text/clip.ts'
import { callTree, shownRequest } from './shown-request.ts'

/** Answers `GET /requests/:id`: a request with the tree of its calls. `id` is its `x-request-id`. */
export async function showRequest(ledger: Ledger, id: string) {
  const found = await ledger.request(id)
  if (!found) throw new HulumanageError('unknown_url', `The ledger has no request "${clip(id)}"`)
  return { ...shownRequest(found.request), tree: callTree(found.calls) }
}
