import type { ProviderConfig } from '../../config/schema.ts'
import type { ChatRequest } from '../../contract/index.ts'
import { untranslatable } from '../translation.ts'

/** How another API treats the fields of chat completions. */
export interface FieldRules {
  /** The name of the API in errors. */
  readonly api: string
  /** Fields that are expressed differently, or that do not affect the answer. */
  readonly translated: ReadonlySet<string>
  /** Fields without a counterpart, each with the JSON of the value that has no effect. */
  readonly unsupported: Readonly<Record<string, string>>
  /** The same, but never left out: without them, the answer would be one to another question. */
  readonly essential: Readonly<Record<string, string>>
}

/** Returns the fields that are passed on unchanged. Throws for unsupported fields, unless they may be left out. */
export function passFields(
  request: ChatRequest,
  { drop_unsupported: drop }: ProviderConfig,
  { api, translated, unsupported, essential }: FieldRules,
): Record<string, unknown> {
  const fields: Record<string, unknown> = {}
  for (const [field, value] of Object.entries(request)) {
    if (value == null) continue
    const isUnsupported = Object.hasOwn(unsupported, field)
    const isEssential = Object.hasOwn(essential, field)
    const noEffect = isUnsupported ? unsupported[field] : isEssential ? essential[field] : undefined
    if (noEffect === undefined) {
      if (!translated.has(field)) fields[field] = value
    } else if (JSON.stringify(value) !== noEffect && !(drop && isUnsupported)) {
      const remedy = isEssential ? '' : '; leave it out, or set drop_unsupported for this provider'
      throw untranslatable(field, `has no counterpart in ${api}${remedy}`)
    }
  }
  return fields
}
