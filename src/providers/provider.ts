import type { Dispatcher } from 'undici'
import { ServedModels } from '../config/sections/model-patterns.ts'
import type { ProviderConfig } from '../config/schema.ts'
import type { JsonBody, PassedRequest } from '../chat/passed-request.ts'
import type { ServedRequest, Source } from '../chat/provider-call.ts'
import type { ChatRequest, UpstreamErrorBody } from '../contract/index.ts'
import { HulumanageError } from '../contract/index.ts'
import { answersTo, featuresOf, type Features } from './answers/answers-to.ts'
import type { Answers } from './answers/changed-choices.ts'
import { ChangedFields } from './fields/changed-fields.ts'
import { withDefaults } from './fields/default-fields.ts'
import { refusesCustomTools } from './fields/refused-tools.ts'
import { defaultPaths, Endpoint, responsesPath } from './endpoint.ts'
import type { Outgoing, OutgoingOptions } from './endpoint.ts'
import { bodyDialect } from './headers/body-dialect.ts'
import type { Kind, ModelOperation } from './kind.ts'
import { belowCall, hasApi, passedHeaders, passedPath } from './passed-call.ts'
import { ProviderPrices } from './prices/provider-prices.ts'
import { isRelayed, relayedBody, type BodySource, type Way } from './relayed-source.ts'
import { bodyText, chatBody } from './request-body.ts'
import { responsesTranslation } from './responses/responses.ts'
import { withoutChatSeals } from './spelling/chat-seals.ts'
import { acceptanceOf, acceptedThoughts, type Acceptance } from './spelling/accepts.ts'
import { idRules } from './spelling/calls/call-ids.ts'
import { spellChat, spellConversation, withoutStreamOptions } from './spelling/chat-request.ts'
import { isPlainRequest } from './spelling/plain.ts'
import { wantsStreamUsage } from './stream-usage.ts'
import { translationOf } from './translation-of.ts'
import { untranslatable } from './translation.ts'
import type { Translation } from './translation.ts'

/** One configured endpoint: its address, its API and its connections. Knows nothing about health or load. */
export class Provider {
  readonly name: string
  readonly config: ProviderConfig
  readonly kind: Kind
  readonly dispatcher: Dispatcher
  /** The fields that calls leave out or rename, by configuration or because the service refuses them. */
  readonly fields: ChangedFields
  /** Set if its API is not chat completions. */
  readonly translation: Translation | undefined
  readonly endpoint: Endpoint
  readonly models: ServedModels
  readonly prices: ProviderPrices
  readonly accepts: Acceptance
  /** The features of chat that it has in some form of its own. */
  readonly #has: Features

  constructor(config: ProviderConfig, kind: Kind, connectTimeoutMs: number) {
    const base = config.base_url ?? kind.baseUrl
    if (base === undefined && !kind.dispatcher) {
      throw new HulumanageError(
        'config_invalid',
        `Provider "${config.name}" has no base_url; set it to the base URL of its API`,
      )
    }
    this.name = config.name
    this.config = config
    this.kind = kind
    this.translation = translationOf(config, kind)
    this.endpoint = new Endpoint(config, kind, base ?? 'http://in-process')
    this.accepts = acceptanceOf(config, kind)
    this.#has = featuresOf(this.translation, this.accepts)
    const { withoutSeals = withoutChatSeals, thinking } = this.translation ?? {}
    this.fields = new ChangedFields(config, withoutSeals, thinking)
    this.models = new ServedModels(config)
    this.prices = new ProviderPrices(config, this.models, base)
    this.dispatcher = this.endpoint.connect(connectTimeoutMs)
  }

  /** Whether the configuration allows this provider to serve a model. */
  serves(model: string): boolean {
    return this.models.includes(model)
  }

  /** The name this provider uses for a requested model. */
  modelFor(model: string): string {
    return this.models.nameOf(model)
  }

  /** The address that calls for a model go to, or a request that is passed on, for messages. */
  addressOf(operation: ModelOperation, requested: string, passed?: PassedRequest): string {
    const model = this.modelFor(requested)
    return this.endpoint.addressOf(passed ? this.#passedTo(passed, model) : this.#pathOf(operation, model))
  }

  /** How to send a request as things are. `source`: the client's body, which the request may have been read from. */
  wayOf(request: ChatRequest, source: Source | undefined): Way {
    const model = this.modelFor(request.model)
    return {
      relayed: isRelayed(request, source, this.#serviceFor(model)) ? source : undefined,
      has: this.#hasFor(model),
      addsUsage: this.#addsUsageTo(request),
      learned: this.fields.learned,
    }
  }

  #addsUsageTo(request: ChatRequest): boolean {
    return request.stream === true && this.#takesStreamOptions(request.model) && !wantsStreamUsage(request)
  }

  /** The call for an operation. The client's own bytes are sent unchanged if possible. */
  outgoing(operation: ModelOperation, request: ChatRequest, way: Way, options: OutgoingOptions): Outgoing {
    const model = this.modelFor(request.model)
    const path = this.#pathOf(operation, model)
    const dialect = options.clientHeaders && bodyDialect(request, options.source, this.translation, way)
    const headers = this.endpoint.headersOf(options, dialect)
    return this.endpoint.call('POST', path, headers, this.#body(operation, request, way, options.source))
  }

  /** Whether requests to other endpoints of an API can be passed on to this service. */
  hasApi(dialect: PassedRequest['dialect']): boolean {
    return hasApi(this.translation, dialect)
  }

  /** The call for a request to an endpoint that this server does not know; `requested` is the model, maybe empty. */
  passedCall(passed: PassedRequest, requested: string, options: OutgoingOptions): Outgoing {
    const model = this.modelFor(requested)
    const settle = (passed.isCall && this.translation?.relayedBody) || ((body: JsonBody) => body)
    const opened = passed.body.open({ model, change: body => this.fields.apply(settle(body, model), model) })
    const headers = passedHeaders(this.endpoint.headersOf(options, passed.dialect), passed, opened)
    return this.endpoint.call(passed.method, this.#passedTo(passed, model), headers, opened.content)
  }

  #passedTo({ isCall, path }: PassedRequest, model: string): string {
    return isCall ? belowCall(path, this.#pathOf('chat', model)) : passedPath(path, model, this)
  }

  #serviceFor(model: string) {
    const { translation, fields } = this
    return { translation, fields, model }
  }

  #pathOf(operation: ModelOperation, model: string): string {
    const own = this.kind.path?.(operation, model, this.config)
    if (own !== undefined) return own
    return operation === 'chat' && this.translation === responsesTranslation
      ? responsesPath
      : defaultPaths[operation]
  }

  #body(
    operation: ModelOperation,
    given: ChatRequest,
    { relayed, has }: Way,
    from: Source | undefined,
  ): string | Uint8Array {
    const { defaults } = this.config
    const model = this.modelFor(given.model)
    const { request, source } =
      defaults && operation === 'chat'
        ? withDefaults(defaults, given, from)
        : { request: given, source: from }
    if (relayed) return relayedBody(source as BodySource, this.#serviceFor(model))
    if (source?.only) throw source.only
    if (operation === 'embeddings') return this.#embeddingsBody(request, model, source)
    if (!this.translation) {
      const spelled = this.#spell(request, model, has, source)
      return chatBody(operation, spelled, model, source, this.#addsUsageTo(request))
    }
    const { callIds = 'short', request: translate } = this.translation
    const spelled = spellConversation(request, idRules[callIds], has.customTools)
    const body = translate({ ...spelled, model }, this.config)
    return JSON.stringify(this.fields.apply({ ...body }, model))
  }

  #embeddingsBody(request: ChatRequest, model: string, source: Source | undefined): string | Uint8Array {
    if (this.translation && this.translation.dialect !== 'responses')
      throw untranslatable('model', `cannot be used for embeddings at a provider of type "${this.kind.name}"`)
    return chatBody('embeddings', this.#changed(request, model), model, source, false)
  }

  /** The request as the service takes it; the same object if it takes the client's bytes. */
  #spell(
    request: ChatRequest,
    model: string,
    { customTools }: Features,
    source: Source | undefined,
  ): ChatRequest {
    if (this.fields.none && isPlainRequest(request)) return request
    const native = source?.request === request ? source.dialect === 'chat' : undefined
    const thoughts = acceptedThoughts(this.accepts, this.fields.thoughts.of(model))
    const accepts = { ...this.accepts, thoughts, customTools }
    const spelled = spellChat(request, { accepts, model, native })
    const takesOptions = spelled['stream_options'] == null || this.#takesStreamOptions(request.model)
    return this.#changed(takesOptions ? spelled : withoutStreamOptions(spelled), model)
  }

  /** The request with the configured fields left out or renamed; none of them is a field that a request needs. */
  #changed(request: ChatRequest, model: string): ChatRequest {
    return this.fields.apply(request, model) as ChatRequest
  }

  #takesStreamOptions(model: string): boolean {
    const takes = this.config.accepts.stream_options ?? this.kind.streamUsage !== false
    return takes && (this.fields.none || !this.fields.mayDrop('stream_options', this.modelFor(model)))
  }

  /**
   * Learns from a refusal: according to its error the service refused a dispensable field, which it no longer gets in calls to
   * the model, or cannot read thoughts of another service. Returns the name of the field and whether the same call would be
   * sent differently now; undefined if nothing was learned.
   */
  leaveOutRefused(
    operation: ModelOperation,
    request: ChatRequest,
    way: Way,
    { source, asked }: Pick<ServedRequest, 'source' | 'asked'>,
    error: UpstreamErrorBody,
  ): { readonly field: string; readonly changesCall: boolean } | undefined {
    const body = () => bodyText(this.#body(operation, request, way, source))
    // Without other services, a refused tool cannot become a function, and is sent again as it was.
    const before = source?.only && body()
    const sent = () => JSON.parse(before ?? body()) as object
    const field = this.fields.learn(error, this.modelFor(request.model), sent, asked && { request, asked })
    return field === undefined ? undefined : { field, changesCall: before === undefined || before !== body() }
  }

  /** How the answer to a request is read; undefined if it is a chat for the client as it is. */
  answersTo(request: ChatRequest, { has }: Way): Answers | undefined {
    const asked = request['tools'] ?? request['functions'] ?? request['response_format']
    return asked == null ? this.translation : answersTo(this.translation, request, has)
  }

  /** The features of the service, without those that it has refused in calls to the model. */
  #hasFor(model: string): Features {
    const isRefused = this.#has.customTools && refusesCustomTools(field => this.fields.mayDrop(field, model))
    return isRefused ? { ...this.#has, customTools: false } : this.#has
  }

  /** The call for a response that the service has stored; `rest` follows its id in the URL, including the query. */
  storedCall(method: Outgoing['method'], id: string, rest: string, options: OutgoingOptions): Outgoing {
    const path = this.kind.path?.('chat', '', this.config) ?? responsesPath
    const body = method === 'POST' ? '{}' : null
    const headers = this.endpoint.headersOf(options)
    return this.endpoint.call(method, `${path}/${encodeURIComponent(id)}${rest}`, headers, body)
  }

  /** The call that lists models, or another GET below the base URL, for health checks. `key`: one of `api_keys`. */
  modelsCall(otherPath?: string, key?: string): Outgoing {
    const path = otherPath ?? this.kind.modelsPath?.(this.config) ?? '/models'
    const headers = this.endpoint.headersOf({ requestId: 'health-check', key })
    return this.endpoint.call('GET', path, headers, null)
  }

  /** Waits for running calls, then closes the connections. */
  async close(): Promise<void> {
    await this.dispatcher.close()
  }
}
