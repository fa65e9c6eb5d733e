import { withNotedThoughts } from '../../chat/notes/noted-thoughts.ts'
import type { ChatRequest, Message } from '../../contract/index.ts'
import type { Acceptance } from './accepts.ts'
import { withObjectArguments } from './calls/call-arguments.ts'
import { idRules, withFittingIds } from './calls/call-ids.ts'
import type { IdRule } from './calls/call-ids.ts'
import { withToolCalls } from './calls/legacy-calls.ts'
import { withTools } from './calls/legacy-functions.ts'
import { withAllowedToolsAlone } from './calls/allowed-tools.ts'
import { withCustomAsFunctions } from './calls/custom-tools.ts'
import { withSignedCalls } from './calls/call-signatures.ts'
import { withSchemaInWords } from './json-mode.ts'
import { withGoogleSettings, withoutGoogleSettings } from '../../chat/thoughts/google-settings.ts'
import { withFittingNames } from './function-names.ts'
import { withRefusalsAsText } from './contents.ts'
import { withFittingFields, withoutSealed, withoutThoughts, withThoughtNames } from './message-fields.ts'
import { isPlain } from './plain.ts'
import { developerAsSystem, systemFirst } from './system-messages.ts'
import { withoutSilence } from './silence.ts'
import { withDocumentsAsFiles, withNamedDocuments, withTextAlone } from './text-only.ts'
import { withTokenLimit } from './token-limit.ts'
import { withStrictSchemasAlone } from './schemas/strict.ts'
import { unthinkingIfForced, withFittingTools } from './tool-fields.ts'
import { withResultNames } from './calls/result-names.ts'
import { pairResults } from './calls/tool-turns.ts'
import { answerBehindLast, answerBetween, withUser } from './turn-order.ts'

/** The circumstances that decide how a request is written. */
export interface Spelling {
  readonly accepts: Acceptance
  /** The provider's own name of the model. */
  readonly model: string
  /** Whether the client wrote the request in the format of the service; undefined if a step of the chain wrote it. */
  readonly native: boolean | undefined
}

/**
 * Writes a request as the service takes it. Returns the same object if nothing has to change, so that the bytes of the
 * client can be sent as they are.
 */
export function spellChat(request: ChatRequest, spelling: Spelling): ChatRequest {
  const { accepts, model, native } = spelling
  const trusted = native === true && !accepts.known
  const settled = withSettings(request, accepts)
  let spelled = withTokenLimit(withThoughts(settled, accepts, trusted), model, accepts.tokenLimit)
  if (!accepts.customTools) spelled = withCustomAsFunctions(withAllowedToolsAlone(spelled))
  spelled = withFittingTools(spelled, trusted || accepts.cacheControl)
  if (!accepts.jsonSchemas) spelled = withSchemaInWords(spelled)
  if (!accepts.thinksWhenForced) spelled = unthinkingIfForced(spelled)
  if (spelled['stream_options'] != null && spelled.stream !== true) spelled = withoutStreamOptions(spelled)
  if (!trusted) spelled = withStrictSchemasAlone(withFittingNames(spelled))
  if (isPlain(spelled.messages)) return spelled
  const named = trusted || accepts.documentUrls ? spelled.messages : withNamedDocuments(spelled.messages)
  const told = withDocumentsAsFiles(named, trusted)
  const readable = trusted || accepts.images ? told : withTextAlone(told)
  const paired = withFittingIds(pairResults(readable), idRules[accepts.callIds])
  const messages = trusted ? trustedMessages(paired, accepts) : spellMessages(paired, spelling)
  return messages === spelled.messages ? spelled : { ...spelled, messages }
}

/** The request with Google's own settings where the service has them; an unknown one gets them as they are. */
function withSettings(request: ChatRequest, { googleSettings, known }: Acceptance): ChatRequest {
  if (googleSettings) return withGoogleSettings(request)
  return known ? withoutGoogleSettings(request) : request
}

/** The words of a chat client for an unknown service. */
function trustedMessages(messages: readonly Message[], accepts: Acceptance): readonly Message[] {
  const plain = withoutSealed(messages, accepts)
  return accepts.thoughtless ? withoutThoughts(plain) : withThoughtNames(plain, accepts)
}

/** Gemini's models that demand the signatures of their calls. */
const signing = /gemini-([3-9]|\d\d)/

/** Models whose templates take no user behind a tool, whoever serves them. */
const mistrals = /(?:mi|mini|magi|dev|code)stral|(?:mix|pix|vox)tral/i

function spellMessages(
  messages: readonly Message[],
  { accepts, model, native }: Spelling,
): readonly Message[] {
  const spoken = accepts.refusals ? messages : withRefusalsAsText(messages)
  let spelled = withFittingFields(withObjectArguments(withoutSilence(spoken)), accepts)
  if (accepts.extraContent && signing.test(model))
    spelled = withSignedCalls(spelled, accepts.known ? 'google' : undefined)
  if (accepts.namedResults) spelled = withResultNames(spelled)
  if (!accepts.systemAnywhere) spelled = systemFirst(spelled)
  if (!accepts.developer) spelled = developerAsSystem(spelled)
  if (!accepts.userless) spelled = withUser(spelled)
  if (!accepts.userAfterTool || mistrals.test(model)) return answerBetween(spelled)
  // The history of a client works with its service; the instruction that a step adds may not.
  return native === undefined && !accepts.known ? answerBehindLast(spelled) : spelled
}

/** Leaves out what only some services take. */
export function withoutStreamOptions({ stream_options: _options, ...request }: ChatRequest): ChatRequest {
  return request
}

/**
 * The same for a service with an API of its own, as far as its translation relies on it. `takesCustom`: whether it knows
 * custom tools.
 */
export function spellConversation(request: ChatRequest, rule: IdRule, takesCustom = false): ChatRequest {
  const whole = modern(withMessages(request, messages => withNotedThoughts(messages)))
  const allowed = withAllowedToolsAlone(whole)
  const offered = takesCustom ? allowed : withCustomAsFunctions(allowed)
  const fitting = withFittingNames(withFittingTools(offered, true))
  const spelled = takesCustom ? withStrictSchemasAlone(fitting) : fitting
  const paired = pairResults(spelled.messages)
  const messages = withObjectArguments(withFittingIds(paired, rule))
  return messages === spelled.messages ? spelled : { ...spelled, messages }
}

/** The request in the words that replaced those of chat's first years. */
function modern(request: ChatRequest): ChatRequest {
  return withMessages(withTools(request), withToolCalls)
}

/** The request with the thoughts that its client did not send back, if the service wants any. */
function withThoughts(
  request: ChatRequest,
  { thoughts, extraContent }: Acceptance,
  trusted: boolean,
): ChatRequest {
  if (thoughts.length === 0 && !extraContent) return request
  // Fields that the service does not know are left out later, unless the words of the client are trusted.
  const isWanted = (field: string) =>
    !trusted || thoughts.includes(field) || (extraContent && field === 'extra_content')
  return withMessages(request, messages => withNotedThoughts(messages, isWanted))
}

function withMessages(
  request: ChatRequest,
  change: (messages: readonly Message[]) => readonly Message[],
): ChatRequest {
  const messages = change(request.messages)
  return messages === request.messages ? request : { ...request, messages }
}
