import type { Conversion } from '../conversion.ts'
import type { Effect } from '../../problems.ts'
import type { Sections } from './sections.ts'

/** The effect of leaving a check out, where something here has its place. */
const replacements: ReadonlyMap<unknown, readonly [message: string, effect: Effect]> = new Map([
  ['enforce_model_rate_limits', ['rpm and tpm are always enforced', 'nothing']],
  ['responses_api_deployment_check', ['an earlier response is always asked for where it is kept', 'nothing']],
  [
    'prompt_caching',
    ['routing.affinity keeps conversations with the same beginning at one deployment', 'otherwise'],
  ],
])

/** The names in `optional_pre_call_checks`. */
export function checksOf(sections: Sections): readonly unknown[] {
  const value = sections.of('optional_pre_call_checks')?.get('optional_pre_call_checks')
  return value === undefined ? [] : [value].flat()
}

/** Converts the checks that LiteLLM makes before a call. */
export function convertPreCallChecks(sections: Sections, ours: Conversion): void {
  const from = sections.of('optional_pre_call_checks')?.at('optional_pre_call_checks') ?? []
  for (const name of checksOf(sections)) {
    const [message, effect] = replacements.get(name) ?? ['not supported; left out', 'lost']
    if (name === 'prompt_caching') ours.put(['routing', 'affinity'], 'prefix', from)
    ours.note(from, `${typeof name === 'string' ? name : 'a check with settings'}: ${message}`, effect)
  }
}
