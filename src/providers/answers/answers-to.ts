import type { ChatRequest } from '../../contract/index.ts'
import { offersFunctions, withTools } from '../spelling/calls/legacy-functions.ts'
import { renamedFunctions } from '../spelling/function-names.ts'
import type { Acceptance } from '../spelling/accepts.ts'
import { customNames } from '../spelling/calls/custom-tools.ts'
import { withChangedChoices } from './changed-choices.ts'
import type { Answers } from './changed-choices.ts'
import { asksForObject } from '../spelling/json-mode.ts'
import { customCalls } from './custom-calls.ts'
import { functionCalls } from './function-calls.ts'
import { objectAnswers } from './object-answers.ts'
import { restoredNames } from './restored-names.ts'
import { offersTools, textCalls } from './text-calls/text-calls.ts'

/** Features of chat that not every service has. */
export interface Features {
  readonly customTools: boolean
  readonly jsonMode: boolean
  /** Whether calls in the text of its answers are what they seem. */
  readonly textCalls: boolean
}

/** The features of a service: those of its translation, or of a chat service. */
export function featuresOf(
  translation: Partial<Omit<Features, 'textCalls'>> | undefined,
  { customTools, textCalls: hasTextCalls }: Acceptance,
): Features {
  return translation
    ? {
        customTools: translation.customTools === true,
        jsonMode: translation.jsonMode === true,
        textCalls: false,
      }
    : { customTools, jsonMode: true, textCalls: hasTextCalls }
}

/**
 * How the answer to a request is read. `translation` is that of the service; undefined if it speaks chat, and the client may
 * get its answers as they are.
 */
export function answersTo(
  translation: Answers | undefined,
  request: ChatRequest,
  has: Features,
): Answers | undefined {
  const isLegacy = translation !== undefined && offersFunctions(request)
  const asked = isLegacy ? withTools(request) : request
  const names = asked['tools'] ? renamedFunctions(asked) : undefined
  const told =
    has.textCalls && offersTools(asked) ? withChangedChoices(translation, textCalls(asked)) : translation
  const named = names ? withChangedChoices(told, restoredNames(names)) : told
  const custom = has.customTools ? undefined : customNames(asked)
  const called = custom ? withChangedChoices(named, customCalls(custom)) : named
  const answers = !has.jsonMode && asksForObject(request) ? withChangedChoices(called, objectAnswers) : called
  return isLegacy ? withChangedChoices(answers, functionCalls) : answers
}
