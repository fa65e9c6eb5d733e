const byClient = 'let the client do it, and send the result as part of the prompt'
const decoding = 'it needs the weights of the model, which an API does not have'
const effort = 'use effort, or set reasoning_effort in the request'

/** The approaches and plugins of OptiLLM that have no step here, and what to use instead. */
export const advice: Readonly<Record<string, string>> = {
  autothink: effort,
  coc: 'use z3 for problems that code can solve',
  cot_decoding: `${decoding}; use self_consistency`,
  deep_research: 'give the model a search tool, and use plansearch for the plan',
  deepconf: 'use bon with the param scorer: logprob, if the model gives logprobs',
  entropy_decoding: `${decoding}; use self_consistency`,
  executecode: 'give the model a tool that runs code; calls of tools reach the client',
  json: 'set response_format in the request; it reaches the provider, and valid checks the answer',
  mcp: 'give the model the tools in the request; calls of tools reach the client',
  memory: 'use longcepo for long inputs, and compact for long conversations',
  privacy: 'replace private data in the client, before it leaves it',
  readurls: byClient,
  router: 'use pick, which chooses by the kind of task, or name the approach in the request',
  spl: 'add what the model should remember to the system prompt',
  thinkdeeper: effort,
  web_search: `give the model a search tool, or ${byClient}`,
}

/** The advice for a name that OptiLLM has and this server does not; undefined for any other name. */
export function insteadOf(name: string): string | undefined {
  if (!Object.hasOwn(advice, name)) return undefined
  return `OptiLLM has it, this server does not: ${advice[name]}`
}
