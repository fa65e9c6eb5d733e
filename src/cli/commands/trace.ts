import { renderTexts } from '../output/trace-texts.ts'
import { renderTrace } from '../output/trace-tree.ts'
import type { Invocation } from '../program.ts'
import { openReader } from '../ledger/open-reader.ts'

/** Prints a request of the ledger with the tree of its calls, and with its texts if they are kept and wanted. */
export async function trace({ arguments: [id = ''], values }: Invocation): Promise<void> {
  const { json = false, texts: wantsTexts = false, ...flags } = values
  const reader = await openReader(flags)
  const request = await reader.request(id, wantsTexts === true)
  // Only a terminal has a width that lines are cut to.
  const columns = process.stdout.isTTY ? process.stdout.columns : Infinity
  const tree = () => renderTrace(request, columns) + (wantsTexts === true ? renderTexts(request) : '')
  process.stdout.write(json === true ? `${JSON.stringify(request, undefined, 2)}\n` : tree())
}
