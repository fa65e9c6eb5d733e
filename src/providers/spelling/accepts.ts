import type { ProviderConfig } from '../../config/schema.ts'
import { thoughtNames } from '../../chat/thoughts/thought-names.ts'
import { tokenLimitAt } from './token-limit.ts'

/** The parts of the chat API that one service accepts and not every other does. */
export interface Accepts {
  /** The name of the maximum length; by default as the model's family has it. */
  readonly tokenLimit?: 'max_tokens' | undefined
  /** Whether it takes system messages behind other messages. */
  readonly systemAnywhere: boolean
  /** Whether it knows the role `developer`. */
  readonly developer: boolean
  /** Fields of an assistant message that it wants back; thoughts in plain text are sent under each name for them. */
  readonly thoughts: readonly string[]
  /** Whether it refuses a turn with tool calls that lacks its thoughts. */
  readonly needsThoughts: boolean
  /** Whether it signs tool calls in `extra_content`. */
  readonly extraContent: boolean
  /** Whether it reads the settings of Google's own in `extra_body`. */
  readonly googleSettings: boolean
  /** Whether parts and tools may be marked with `cache_control`. */
  readonly cacheControl: boolean
  /** The form that it requires of the ids of tool calls. */
  readonly callIds: 'short' | 'nine'
  /** Whether a conversation may do without any message of a user. */
  readonly userless: boolean
  /** Whether it reads images and files besides text. */
  readonly images: boolean
  /** Whether it fetches a document from its address. */
  readonly documentUrls: boolean
  /** Whether the result of a tool needs the tool's name. */
  readonly namedResults: boolean
  /** Whether a user may speak right after the result of a tool. */
  readonly userAfterTool: boolean
  /** Whether an answer may be asked to fit a JSON schema. */
  readonly jsonSchemas: boolean
  /** Whether a model may think before it calls a tool that is forced. */
  readonly thinksWhenForced: boolean
  /** Whether it knows refusals of the model apart from its text. */
  readonly refusals: boolean
  /** Whether it knows custom tools, whose input is any text, and a choice of `allowed_tools`. */
  readonly customTools: boolean
}

/** The parts that every service accepts. */
export const acceptedEverywhere: Accepts = {
  systemAnywhere: false,
  developer: false,
  thoughts: [],
  needsThoughts: false,
  extraContent: false,
  googleSettings: false,
  cacheControl: false,
  callIds: 'short',
  userless: false,
  images: true,
  documentUrls: false,
  namedResults: false,
  userAfterTool: true,
  jsonSchemas: true,
  thinksWhenForced: true,
  refusals: false,
  customTools: false,
}

/** The parts that OpenAI's own models accept. */
export const acceptedByOpenai: Partial<Accepts> = {
  systemAnywhere: true,
  developer: true,
  userless: true,
  refusals: true,
  customTools: true,
}

/** Hosts of OpenAI: other endpoints of the same kind may have any model behind them. */
const openaiHost = /(^|\.)(openai\.com|azure\.com)$/

/** The parts that a provider accepts, and whether they are known: from its service or from the configuration. */
export interface Acceptance extends Accepts {
  /** Of an unknown service, we assume the least for what we translate, and leave the words of a chat client alone. */
  readonly known: boolean
  /** Whether thoughts go back in the fields in which the service sends its own. */
  readonly thoughtsAsSent: boolean
  /** Whether thoughts never go back, not even those that a chat client sends to an unknown service. */
  readonly thoughtless: boolean
  /** Whether a call in the text of an answer is a tool call. OpenAI's own models write none. */
  readonly textCalls: boolean
}

/** The facts about a kind of service that matter here. */
interface ServiceKind {
  readonly name: string
  readonly accepts?: Partial<Accepts>
}

/** Returns the parts that a provider accepts: the data of its kind, overridden by its configuration. */
export function acceptanceOf(config: ProviderConfig, kind: ServiceKind): Acceptance {
  const isOpenai = kind.name === 'openai' && openaiHost.test(hostOf(config.base_url))
  const ofKind = kind.accepts ?? (isOpenai ? acceptedByOpenai : undefined)
  const { system_anywhere, developer, reasoning_content, extra_content, cache_control, images } =
    config.accepts
  const all = { ...acceptedEverywhere, ...ofKind }
  return {
    ...all,
    tokenLimit: all.tokenLimit ?? tokenLimitAt(config.base_url),
    known: ofKind !== undefined,
    textCalls: config.text_calls ?? !isOpenai,
    customTools: ofKind === undefined || all.customTools,
    systemAnywhere: system_anywhere ?? all.systemAnywhere,
    developer: developer ?? all.developer,
    thoughts: reasoning_content === undefined ? all.thoughts : reasoning_content ? thoughtsOf(all) : [],
    thoughtsAsSent: ofKind === undefined && reasoning_content !== false,
    thoughtless: reasoning_content === false,
    extraContent: extra_content ?? all.extraContent,
    cacheControl: cache_control ?? all.cacheControl,
    images: images ?? all.images,
  }
}

function thoughtsOf({ thoughts }: Accepts): readonly string[] {
  return thoughts.length > 0 ? thoughts : thoughtNames
}

/** The fields of thoughts that a service wants back. `sent`: those in which it sends its own. */
export function acceptedThoughts(
  { thoughts, thoughtsAsSent }: Acceptance,
  sent: readonly string[],
): readonly string[] {
  return thoughtsAsSent && sent.length > 0 ? sent : thoughts
}

function hostOf(url: string | undefined): string {
  return url === undefined ? '' : new URL(url).hostname
}
