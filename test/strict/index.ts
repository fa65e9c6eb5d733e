/**
 * Rules of real services and of their clients: a judge for tests, independent of the sources.
 *
 * Requests, as they arrive at a provider:
 *   `requestViolations(service, { path, headers, body })`   what the service would refuse, as `place: rule`; [] is fine
 *   `openaiViolations(body)`, `responsesViolations(body)`, `anthropicViolations(body, betas)`, `countViolations`,
 *   `geminiViolations`, `deepseekViolations`, `deepseekR1Violations`, `mistralViolations`, `qwenViolations`,
 *   `alternatingViolations`                                 the same for a body alone, by dialect
 *
 * Answers, as they leave for a client:
 *   `answerViolations('chat' | 'messages' | 'responses', body)`   what an SDK could not read in a body, whole or streamed
 *
 * A provider that judges:
 *   `await strictProvider(t, 'anthropic', script?)`          a fake provider that answers 400 in the service's own form
 *                                                           if a request is invalid; `.refused` lists the violations
 *   `strict('openai', action?)`                             the same as an action for a script
 *
 * Each rule has the address of a document or a report that shows the refusal; unconfirmed rules are left out.
 * Fields come from the types of the services' SDKs: new fields of a new version show as type errors.
 * If one model of a service accepts what another refuses, the stricter one counts.
 */
export { answerViolations } from './answers.ts'
export type { Dialect } from './answers.ts'
export { anthropicViolations, countViolations } from './anthropic.ts'
export { deepseekR1Violations, deepseekViolations } from './deepseek.ts'
export { geminiViolations } from './gemini.ts'
export { mistralViolations } from './mistral.ts'
export { openaiViolations } from './openai.ts'
export { strict, strictProvider } from './provider.ts'
export type { StrictProvider } from './provider.ts'
export { responsesViolations } from './responses.ts'
export { requestViolations } from './services.ts'
export { isUnknownField } from './shape.ts'
export type { Service } from './services.ts'
export { alternatingViolations, qwenViolations } from './templates.ts'
