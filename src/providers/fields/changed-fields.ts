import { LRUCache } from 'lru-cache'
import type { ProviderConfig } from '../../config/schema.ts'
import type { ChatRequest, UpstreamErrorBody } from '../../contract/index.ts'
import type { ThinkingForm, ThinkingForms, WithoutSeals } from '../translation.ts'
import { matchesPattern } from '../../text/name-pattern.ts'
import { isIdle, refusedField, refusedName, unsupportedField } from './refused-field.ts'
import { refusedValue, withAcceptedValues } from './refused-value.ts'
import type { AcceptedValues } from './refused-value.ts'
import { RefusedSeals } from './refused-seals.ts'
import { StepFields } from './step-fields.ts'
import { withoutHints } from './refused-hints.ts'
import { ThoughtNames } from '../../chat/thoughts/thought-names.ts'

type Body = Readonly<Record<string, unknown>>

/** A request of a step, and the request of the client. */
export interface StepRequest {
  readonly request: ChatRequest
  readonly asked: ChatRequest
}

/** The fields that a service has refused in calls to a model. */
export interface Refusal {
  readonly model: string
  /** Calls leave them out since, or send them in another form. */
  readonly fields: readonly string[]
}

/** Fields to leave out or to send under other names. */
interface FieldChanges {
  readonly drop: readonly string[]
  /** Hints that the model has refused, and fields with values that ask for nothing: other values are still sent. */
  readonly idle?: readonly string[]
  readonly rename: Readonly<Record<string, string>>
  /** The form in which the model takes `thinking`; undefined if it has refused none. */
  readonly thinking?: ThinkingForm
  /** The values that the model accepts for hints of which it has refused one. */
  readonly accepted?: AcceptedValues
}

const nothing: FieldChanges = { drop: [], rename: {} }

/** How long a refusal is remembered, in milliseconds: services learn new fields. */
const memoryMs = 3_600_000

/**
 * Leaves out and renames fields of bodies: top-level ones as configured for a provider, and those that the service has
 * refused before, which may be nested (`reasoning.effort`), as well as thoughts that it has refused.
 */
export class ChangedFields {
  readonly #all: FieldChanges
  readonly #perModel: readonly (readonly [string, FieldChanges])[]
  readonly #refused = new LRUCache<string, FieldChanges>({ max: 1000, ttl: memoryMs })
  readonly #seals: RefusedSeals
  readonly #thinking: ThinkingForms | undefined
  readonly #ofSteps = new StepFields(memoryMs)
  /** The fields in which the service sends thoughts. */
  readonly thoughts = new ThoughtNames()
  readonly #dropsUnsupported: boolean
  /** Whether there is nothing to change. */
  none: boolean
  /** Number of refusals learned from so far: calls made with fewer may succeed if they are made again. */
  learned = 0

  /** `withoutSeals` leaves thoughts out of a body of the service's API, and `thinking` knows how such a body asks for them. */
  constructor(
    { drop, rename, model_fields: perModel, drop_unsupported: dropsUnsupported }: ProviderConfig,
    withoutSeals: WithoutSeals,
    thinking?: ThinkingForms,
  ) {
    this.#thinking = thinking
    this.#dropsUnsupported = dropsUnsupported
    this.#seals = new RefusedSeals(withoutSeals)
    this.#all = { drop, rename }
    this.#perModel = Object.entries(perModel)
    this.none = this.#perModel.length === 0 && drop.length === 0 && Object.keys(rename).length === 0
  }

  /** Whether a field of calls to a model is left out, if only at values that ask for nothing. */
  mayDrop(field: string, model: string): boolean {
    if (this.none) return false
    return this.#changesFor(model).some(({ drop, idle = [] }) => drop.includes(field) || idle.includes(field))
  }

  /**
   * Learns from the refusal of a body: later calls to the model leave out what it is about, if the request can do without,
   * or write the maximum length under its other name. Returns the name of the field or part, with the value that replaces
   * a refused one (`reasoning_effort: low`); undefined if it is nothing new. `sent` returns the body. Requests that `step`
   * describes can do without any field that a step added.
   */
  learn(error: UpstreamErrorBody, model: string, sent: () => object, step?: StepRequest): string | undefined {
    const learned =
      this.#learn(error, model, sent) ?? (step && this.#ofSteps.learn(error, model, step.request, step.asked))
    if (learned === undefined) return undefined
    this.none = false
    this.learned++
    return learned
  }

  /** The fields that the service has refused lately, by model; thoughts and fields of steps apart. */
  refusals(): Refusal[] {
    return [...this.#refused].map(([model, { drop, idle = [], rename, thinking, accepted = [] }]) => ({
      model,
      fields: [
        ...new Set([...drop, ...idle]),
        ...Object.keys(rename),
        ...(thinking === undefined ? [] : ['thinking']),
        ...[...accepted].map(([name]) => valuesOf(name)),
      ],
    }))
  }

  /** The request of a step without those of its own fields that the service has refused. */
  applyToStep({ request, asked }: StepRequest, model: string): ChatRequest {
    return this.none ? request : this.#ofSteps.apply(request, model, asked)
  }

  #learn(error: UpstreamErrorBody, model: string, sent: () => object): string | undefined {
    if (this.#seals.remember(error, sent)) return 'thoughts of another service'
    const before = this.#refused.get(model) ?? nothing
    const form = this.#formAfter(error, sent, before.thinking)
    if (form !== undefined) {
      this.#refused.set(model, { ...before, thinking: form })
      return 'thinking'
    }
    const value = refusedValue(error, sent, before.accepted)
    if (value !== undefined) {
      const accepted = new Map([...(before.accepted ?? []), [value.name, value.accepted] as const])
      this.#refused.set(model, { ...before, accepted })
      return `${value.name}: ${value.nearest}`
    }
    const [name, other = ''] = refusedName(error, sent) ?? []
    // A service that refuses both names has none for it.
    if (name !== undefined && Object.keys(before.rename).length === 0) {
      this.#refused.set(model, { ...before, rename: { [name]: other } })
      return name
    }
    const { drop, idle = [] } = before
    const hint = refusedField(error, sent)
    if (hint !== undefined && !idle.includes(hint)) {
      this.#refused.set(model, { ...before, idle: [...idle, hint] })
      return hint
    }
    const field = this.#dropsUnsupported ? unsupportedField(error, sent) : undefined
    if (field === undefined || drop.includes(field)) return undefined
    this.#refused.set(model, { ...before, drop: [...drop, field] })
    return field
  }

  /** The body as it is sent; the same object if nothing is left out or renamed. */
  apply<T extends Body>(given: T, model: string): T | Body {
    if (this.none) return given
    const changes = this.#changesFor(model)
    const body = this.#asAccepted(this.#seals.apply(given), model)
    const dropped = new Set(
      changes.flatMap(({ drop, idle = [] }) => [...drop, ...idle.filter(field => isIdle(body, field))]),
    )
    const names = new Map(changes.flatMap(({ rename }) => Object.entries(rename)))
    const inner = withoutInner(withoutHints(body, dropped), dropped)
    if (!Object.keys(inner).some(field => dropped.has(field) || names.has(field))) return inner
    const kept = Object.entries(inner).filter(([field]) => !dropped.has(field))
    return Object.fromEntries(kept.map(([field, value]) => [names.get(field) ?? field, value]))
  }

  #formAfter(error: UpstreamErrorBody, sent: () => object, before?: ThinkingForm): ThinkingForm | undefined {
    if (!this.#thinking || !/thinking/i.test(`${error.param ?? ''} ${error.message}`)) return undefined
    return this.#thinking.afterRefusal(error, sent() as Body, before)
  }

  /** The body with its thinking and its hints as the model accepts them. */
  #asAccepted<T extends Body>(body: T, model: string): T | Body {
    const { thinking: form, accepted } = this.#refused.get(model) ?? nothing
    const thinking = form && this.#thinking ? this.#thinking.inForm(body, form) : body
    return accepted ? withAcceptedValues(thinking, accepted) : thinking
  }

  #changesFor(model: string): readonly FieldChanges[] {
    const matching = this.#perModel.filter(([pattern]) => matchesPattern(model, pattern))
    const refused = this.#refused.get(model)
    return [this.#all, ...matching.map(([, changes]) => changes), ...(refused ? [refused] : [])]
  }
}

/** The name under which refused values of a field are shown. */
function valuesOf(name: string): string {
  return `values of ${name}`
}

/**
 * The body without fields of its objects, such as `text.verbosity`; an object that is then empty is left out as well.
 */
function withoutInner<T extends Body>(body: T, dropped: ReadonlySet<string>): T | Body {
  let result: T | Body = body
  for (const path of dropped) {
    const [outer = '', field = ''] = path.split('.')
    const object = result[outer]
    if (field === '' || typeof object !== 'object' || object === null || !(field in object)) continue
    const { [field]: _field, ...others } = object as Body
    const { [outer]: _outer, ...rest } = result as Body
    result = Object.keys(others).length > 0 ? { ...rest, [outer]: others } : rest
  }
  return result
}
