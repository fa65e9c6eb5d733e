import type { ChatRequest } from '../../contract/index.ts'
import { offersFunctions, withTools } from '../spelling/calls/legacy-functions.ts'
import { renamedFunctions } from '../spelling/function-names.ts'
import { customNames } from '../spelling/calls/custom-tools.ts'
import { withChangedChoices } from './changed-choices.ts'
import type { Answers } from './changed-choices.ts'
import { customCalls } from './custom-calls.ts'
import { functionCalls } from './function-calls.ts'
import { restoredNames } from './restored-names.ts'

/**
 * How the answer to a request is read. `translation` is that of the service; undefined if it speaks chat, and the client may
 * get its answers as they are. `takesCustom`: whether it knows custom tools.
 */
export function answersTo(
  translation: Answers | undefined,
  request: ChatRequest,
  takesCustom: boolean,
): Answers | undefined {
  const isLegacy = translation !== undefined && offersFunctions(request)
  const asked = isLegacy ? withTools(request) : request
  const names = asked['tools'] ? renamedFunctions(asked) : undefined
  const named = names ? withChangedChoices(translation, restoredNames(names)) : translation
  const custom = takesCustom ? undefined : customNames(asked)
  const answers = custom ? withChangedChoices(named, customCalls(custom)) : named
  return isLegacy ? withChangedChoices(answers, functionCalls) : answers
}
