import { renderTrace } from '../output/trace-tree.ts'
import type { Invocation } from '../program.ts'
import { withLedger } from '../ledger/with-ledger.ts'
import { showRequest } from '../../server/ledger/show-request.ts'

/** Prints a request of the ledger with the tree of its calls. */
export async function trace({ arguments: [id = ''], values }: Invocation): Promise<void> {
  const { json = false, ...flags } = values
  const request = await withLedger(flags, ledger => showRequest(ledger, id))
  // Only a terminal has a width that lines are cut to.
  const columns = process.stdout.isTTY ? process.stdout.columns : Infinity
  const text = json === true ? `${JSON.stringify(request, undefined, 2)}\n` : renderTrace(request, columns)
  process.stdout.write(text)
}
