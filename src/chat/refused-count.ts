import type { UpstreamErrorBody } from '../contract/index.ts'

/** Wordings that are about the number of choices and nothing else. */
const plainly =
  /(?:only (?:one|1|a single)|(?:number of|multiple|several|more than (?:one|1)) )\W{0,3}(?:completion |response )?(?:choice|candidate|completion|response)s?\b|candidate_?count/i

/** Wordings that name `n`. */
const named =
  /['"`]n['"`]|\bn\s*(?:[<>=]|must|should|is|can|has|larger|greater|does|parameter)|\bparameter:? n\b/i

/** Whether a service says, of whatever status, that it makes one choice only. */
export function isAboutCount({ message }: UpstreamErrorBody): boolean {
  return plainly.test(message)
}

/** Whether the error of a refused request is about its `n`. */
export function refusesCount(error: UpstreamErrorBody): boolean {
  return error.param === 'n' || isAboutCount(error) || named.test(error.message)
}
