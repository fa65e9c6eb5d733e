import { HulumanageError } from '../../contract/index.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import type { RequestRow } from '../../ledger/columns.ts'
import type { KeptTexts, TextStore } from '../../ledger/texts/texts.ts'
import { clip } from '../../text/clip.ts'
import { callTree, shownRequest } from './shown-request.ts'
import type { ShownTexts } from './shown-request.ts'

/** Where texts are read, and whether the reader may see those of a client. */
interface ReadableTexts {
  readonly store: Pick<TextStore, 'read'>
  readonly mayRead: (client: string | null) => boolean
}

/**
 * Answers `GET /requests/:id`: a request with the tree of its calls, and with prompts and answers if they are kept and may be
 * read. `id` is its `x-request-id`.
 */
export async function showRequest(ledger: Ledger, id: string, readable?: ReadableTexts) {
  const found = await ledger.request(id)
  if (!found) {
    const advice =
      'requests are found by the x-request-id of their answers, until ledger.days or ledger.max_bytes removes them'
    throw new HulumanageError('unknown_url', `The ledger has no request "${clip(id)}"; ${advice}`)
  }
  const texts = readable ? await readTexts(found.request, readable) : []
  const ofClient = texts.filter(({ n }) => n === null)
  const ofCalls = new Map(texts.map(({ n, ...shown }) => [n, shown]))
  return {
    ...shownRequest(found.request),
    ...(ofClient.length > 0 && { texts: joined(ofClient) }),
    tree: callTree(found.calls, n => ofCalls.get(n as number)),
  }
}

async function readTexts(
  { id, at, client }: RequestRow,
  { store, mayRead }: ReadableTexts,
): Promise<readonly KeptTexts[]> {
  const owner = client as string | null
  return mayRead(owner) ? await store.read({ id: String(id), at: Number(at), client: owner }) : []
}

/** The texts of a client: one request may have several prompts. */
function joined(texts: readonly KeptTexts[]): ShownTexts {
  return {
    prompt: texts.flatMap(({ prompt }) => prompt),
    answer: texts.flatMap(({ answer }) => answer),
  }
}
