import { renderTexts } from '../output/trace-texts.ts'
import { renderTrace } from '../output/trace-tree.ts'
import type { Invocation } from '../program.ts'
import { withLedger } from '../ledger/with-ledger.ts'
import { showRequest } from '../../server/ledger/show-request.ts'

/** Prints a request of the ledger with the tree of its calls, and with its texts if they are kept and wanted. */
export async function trace({ arguments: [id = ''], values }: Invocation): Promise<void> {
  const { json = false, texts: wantsTexts = false, ...flags } = values
  const request = await withLedger(flags, (ledger, texts) =>
    // A reader of the file may read all of it.
    showRequest(ledger, id, wantsTexts === true && texts ? { store: texts, mayRead: () => true } : undefined),
  )
  // Only a terminal has a width that lines are cut to.
  const columns = process.stdout.isTTY ? process.stdout.columns : Infinity
  const tree = () => renderTrace(request, columns) + (wantsTexts === true ? renderTexts(request) : '')
  process.stdout.write(json === true ? `${JSON.stringify(request, undefined, 2)}\n` : tree())
}
