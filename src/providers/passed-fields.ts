import type { ProviderConfig } from '../config/schema.ts'
import type { ChatRequest } from '../contract/index.ts'
import { untranslatable } from './translation.ts'

/** What another API makes of the fields of chat completions. */
export interface FieldRules {
  /** As errors name it. */
  readonly api: string
  /** Said otherwise, or of no weight for an answer. */
  readonly translated: ReadonlySet<string>
  /** Nothing there for it; each with the JSON of the value that asks for nothing. */
  readonly lacking: Readonly<Record<string, string>>
  /** The same, but never left out: an answer without them would not be one to the question. */
  readonly needed: Readonly<Record<string, string>>
}

/** The fields that go through as they are. Throws for what the API lacks, unless it may be left out. */
export function passedFields(
  request: ChatRequest,
  { drop_unsupported: drop }: ProviderConfig,
  { api, translated, lacking, needed }: FieldRules,
): Record<string, unknown> {
  const fields: Record<string, unknown> = {}
  for (const [field, value] of Object.entries(request)) {
    if (value == null) continue
    const nothing = lacking[field] ?? needed[field]
    if (nothing === undefined) {
      if (!translated.has(field)) fields[field] = value
    } else if (JSON.stringify(value) !== nothing && !(drop && field in lacking)) {
      const remedy = field in needed ? '' : '; leave it out, or set drop_unsupported for this provider'
      throw untranslatable(field, `has no counterpart in ${api}${remedy}`)
    }
  }
  return fields
}
