import t from 'tap'
import { filesIn, read } from './sources.ts'

/** Files that parse only what this server has written, or has checked before. */
const ofOwn = [
  'src/answers/find-json.ts',
  'src/chain/texts/call-texts.ts',
  'src/cli/output/log/pretty-line.ts',
  'src/dialects/relayed-events.ts',
  'src/attempt/stream/shown-frames.ts',
  'src/attempt/stream/stencil.ts',
  'src/ledger/texts/database.ts',
  'src/providers/answers/text-calls/object-calls.ts',
  'src/providers/provider.ts',
  'src/providers/simulated/embeddings.ts',
  'src/providers/simulated/model.ts',
  'src/server/access/clients/kept-client.ts',
  'src/server/body/json-body.ts',
  'src/server/cost/held-frames.ts',
  'src/server/kept/seen-answer.ts',
  'src/server/version.ts',
  'src/simulation/figures/warnings.ts',
  'src/simulation/history/fit.ts',
  'src/simulation/upstream/call-facts.ts',
  'src/text/carried.ts',
  'src/text/json/parse.ts',
]

t.test('JSON from outside is parsed within a limit of depth', async t => {
  const parsing = filesIn(['src', 'approaches', 'plugins'], /\.ts$/)
    .filter(path => !path.startsWith('src/server/dashboard/page/'))
    .filter(path => read(path).includes('JSON.parse('))
  t.same(parsing, ofOwn.toSorted(), 'other files use parseJson of src/text/json/parse.ts')
})
