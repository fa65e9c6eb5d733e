import t from 'tap'
import { BlocksSoFar } from '../../../../src/providers/anthropic/pauses/blocks-so-far.ts'
import { pausedTurn } from '../../../../src/providers/anthropic/pauses/paused-turn.ts'

t.test('only blocks that are objects are sent back', async t => {
  const content = [null, 'x', { type: 'text', text: 'Hi' }]
  t.match(pausedTurn({ stop_reason: 'pause_turn', content }), { message: { content: 'Hi' } })
})

t.test('the time for many citations of one text is linear', async t => {
  const blocks = new BlocksSoFar()
  const index = 0
  blocks.see({ type: 'content_block_start', index, content_block: { type: 'text', text: '', citations: [] } })
  for (let count = 0; count < 200_000; count++)
    blocks.see({
      type: 'content_block_delta',
      index,
      delta: { type: 'citations_delta', citation: { count } },
    })
  t.match(blocks.turn(), { message: { content: '' } })
})
