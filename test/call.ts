import type { Bill, ProviderCall } from '../src/chat/provider-call.ts'
import { configSchema } from '../src/config/schema.ts'
import type { AttemptReport, ChatRequest, Usage } from '../src/contract/index.ts'
import { silentLog } from './silent-log.ts'

export interface TestCall extends ProviderCall {
  readonly controller: AbortController
  readonly reports: AttemptReport[]
}

const bill: Bill = { open: () => bill, add: () => {}, answered: () => {}, discard: () => {} }
const defaultConfig = configSchema.parse({})

/** A call with a meter that only records, for tests of the code below the chains. */
export function callOf(id = 'request-1', more: Partial<ProviderCall['request']> = {}): TestCall {
  const controller = new AbortController()
  const reports: AttemptReport[] = []
  const none: Usage = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }
  return {
    controller,
    reports,
    signal: controller.signal,
    path: 'test',
    request: {
      id,
      log: silentLog,
      config: defaultConfig,
      cost: { calls: 1, rounds: 1 },
      budget: { calls: 1, tokens: 1, usd: Infinity, deadline: Number.POSITIVE_INFINITY },
      meter: {
        calls: 0,
        attempts: 0,
        provider: undefined,
        usage: none,
        cost: { usd: 0, wasted_usd: 0 },
        call: () => {},
        refund: () => {},
        partial: false,
        ask: () => {},
        leaveOut: () => {},
        begin: () => {},
        answered: () => {},
        report: report => reports.push(report),
        bill: () => {},
        spend: () => {},
        openBill: () => bill,
        recover: () => {},
        skipEvent: () => {},
      },
      chain: 'none',
      steps: [],
      params: () => ({}),
      note: () => {},
      offer: () => {},
      ...more,
    },
  }
}

export function ask(text = 'hello', more: Partial<ChatRequest> = {}): ChatRequest {
  return { model: 'gpt-4', messages: [{ role: 'user', content: text }], ...more }
}
