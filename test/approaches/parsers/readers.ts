import { answerKey, extractAnswer } from '../../../src/answers/answer.ts'
import { answerKeys } from '../../../src/answers/answer-keys.ts'
import { bareAnswerKey } from '../../../src/answers/answer-key.ts'
import { codeBlocks } from '../../../src/answers/code-blocks.ts'
import { nearestByFields } from '../../../src/answers/fields.ts'
import { findJson } from '../../../src/answers/find-json.ts'
import { splitConversation } from '../../../approaches/compact/split.ts'
import { readChosen, readPlan } from '../../../approaches/deepthink/plan.ts'
import { readDifficulty } from '../../../approaches/effort/index.ts'
import { mayHoldExamples, readExamples } from '../../../approaches/lib/asking/examples.ts'
import { OutputFilter } from '../../../approaches/lib/asking/output-filter.ts'
import { readList } from '../../../approaches/lib/asking/read-list.ts'
import { mostCentral } from '../../../approaches/lib/judging/central.ts'
import { isShort, readGroups } from '../../../approaches/lib/judging/equivalence.ts'
import { readGrade } from '../../../approaches/lib/judging/grade.ts'
import { inFigures } from '../../../approaches/lib/judging/grade-words.ts'
import { readPick } from '../../../approaches/lib/judging/pick.ts'
import { readVerdict } from '../../../approaches/lib/judging/verdict.ts'
import { isGreeting } from '../../../approaches/lib/request/greeting.ts'
import { jsonIn } from '../../../approaches/lib/schema/format.ts'
import { readScore } from '../../../approaches/lib/search/review.ts'
import { kindByRules, readKind } from '../../../approaches/pick/kind.ts'
import { readCommands } from '../../../approaches/z3/commands.ts'
import { readProgram } from '../../../approaches/z3/program.ts'
import { toolCallKey } from '../../../src/sampling/candidate.ts'
import { isRefusal, mayRefuse } from '../../../src/sampling/refusal.ts'
import { readTag } from '../../../src/sampling/tags.ts'
import { ThinkingFilter, withoutThinking } from '../../../src/sampling/thinking.ts'
import { isTooDeep, jsonOrUndefined } from '../../../src/text/json/parse.ts'

const said = (content: string) => [{ role: 'user', content }]
const calling = (args: string) => ({
  message: {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'c', type: 'function' as const, function: { name: 'f', arguments: args } }],
  },
})

/** Everything that reads what a model, or a client, has written; by its name. */
export const readers: Readonly<Record<string, (text: string) => unknown>> = {
  OutputFilter: text => new OutputFilter().push(text),
  ThinkingFilter: text => new ThinkingFilter().push(text),
  answerKey,
  answerKeys: text => answerKeys([text, '12 km']),
  bareAnswerKey,
  codeBlocks,
  extractAnswer,
  findJson,
  inFigures,
  isGreeting: text => isGreeting(said(text)[0]),
  isRefusal,
  isShort,
  isTooDeep,
  jsonIn,
  jsonOrUndefined,
  kindByRules: text => kindByRules({ model: 'm', messages: said(text) }),
  mayHoldExamples: text => mayHoldExamples(said(text)),
  mayRefuse,
  mostCentral: text => mostCentral([text, 'a']),
  nearestByFields: text => nearestByFields([{ text }, { text: '{}' }]),
  readChosen,
  readCommands,
  readDifficulty,
  readExamples,
  readGrade,
  readGroups: text => readGroups(text, 5),
  readKind,
  readList,
  readPick: text => readPick(text, 5),
  readPlan,
  readProgram,
  readScore,
  readTag: text => readTag(text, 'answer'),
  readVerdict,
  splitConversation: text => splitConversation([...said(text), ...said(text)], 1024, 0.4),
  toolCallKey: text => toolCallKey(calling(text) as unknown as Parameters<typeof toolCallKey>[0]),
  withoutThinking,
}
