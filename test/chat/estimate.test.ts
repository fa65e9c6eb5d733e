import t from 'tap'
import { estimateUsage } from '../../src/chat/estimate.ts'
import { ask } from '../call.ts'

/** Texts, and their tokens as o200k_base and cl100k_base count them. */
const texts: readonly (readonly [text: string, newer: number, older: number])[] = [
  ['今天天气很好，我们去公园散步吧。', 12, 20],
  ['臺灣的夜市以各種小吃聞名，每到週末總是擠滿了人。', 24, 38],
  ['東京は日本の首都であり、世界最大の都市の一つです。', 18, 25],
  ['안녕하세요. 만나서 반갑습니다.', 9, 14],
  ['The weather is fine today, so let us take a walk in the park.', 15, 15],
]

t.test('prompts in Chinese, Japanese, Korean and English are estimated within a factor of two', async t => {
  for (const [text, ...counts] of texts) {
    const { prompt_tokens: estimate } = estimateUsage(ask(text), 0)
    for (const tokens of counts)
      t.ok(estimate >= tokens / 2 && estimate <= tokens * 2, `${text}: ${estimate} for ${tokens}`)
  }
})
