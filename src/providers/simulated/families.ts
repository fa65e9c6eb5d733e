import type { families, SimulateConfig, thinkingForms } from '../../config/sections/simulate.ts'
import type { ChatRequest } from '../../contract/index.ts'
import {
  anyTemperature,
  lateSystemMessage,
  maxTokens,
  missingTools,
  otherTemperature,
  prefill,
  severalAnswers,
  systemRole,
  temperatureWithTopP,
  tightThinking,
  twoInARow,
  unsupported,
} from './refusals.ts'
import type { Refuses } from './refusals.ts'

/** A form in which a model shows that it thinks. */
export type ThinkingForm = (typeof thinkingForms)[number]

/** The manners of a model, apart from its skill. */
export interface Family {
  readonly refuses: readonly Refuses[]
  /** Status of a refusal; default: 400. */
  readonly status?: number
  readonly thinking: ThinkingForm
  /** Whether there is one answer, whatever `n` says. */
  readonly ignoresN?: boolean
  /** Whether answers and judgements stray from the requested form, as those of small models do. */
  readonly strays?: boolean
}

const plain: Family = { refuses: [], thinking: 'none' }
const oneChoice = severalAnswers('Only one completion choice is allowed')

const byName: Readonly<Record<(typeof families)[number], Family>> = {
  'openai-reasoning': {
    refuses: [otherTemperature, maxTokens, unsupported('top_p', 'logprobs', 'presence_penalty', 'stop')],
    thinking: 'hidden',
  },
  'claude-thinking': {
    refuses: [anyTemperature, temperatureWithTopP, tightThinking, prefill, missingTools],
    thinking: 'field',
    ignoresN: true,
  },
  gemini: {
    refuses: [severalAnswers('Multiple candidates is not enabled for this model')],
    thinking: 'thought',
  },
  'llama.cpp': { refuses: [oneChoice], status: 500, thinking: 'think' },
  qwen: { refuses: [lateSystemMessage], thinking: 'closing' },
  mistral: { refuses: [twoInARow, systemRole], thinking: 'brackets' },
  bedrock: { refuses: [missingTools, twoInARow, prefill], thinking: 'none', ignoresN: true },
  'gpt-oss': { refuses: [unsupported('logprobs')], thinking: 'harmony' },
  small: { refuses: [twoInARow], thinking: 'none', ignoresN: true, strays: true },
}

/** The family that is configured, with the configured form of thinking. */
export function familyOf({ family, thinking }: Pick<SimulateConfig, 'family' | 'thinking'>): Family {
  const base = family === undefined ? plain : byName[family]
  return thinking === undefined ? base : { ...base, thinking }
}

/** The first refusal of a request, if the family refuses it. */
export function refusalOf({ refuses }: Family, request: ChatRequest): string | undefined {
  return refuses.map(each => each(request)).find(words => words !== undefined)
}
