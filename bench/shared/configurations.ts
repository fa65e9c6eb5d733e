const provider = (more = '') => `
approach: proxy
providers:
  - name: p
    type: simulated
    simulate: { latency_ms: 5 }
${more}`

/** Configurations that ask different things of Redis, by what they are about. */
export const configurations: Readonly<Record<string, string>> = {
  'no limits': provider(),
  'max_concurrent, with room': provider('    max_concurrent: 64'),
  'max_concurrent, used up': provider('    max_concurrent: 8'),
  'rate_limit rpm and tpm of a provider': provider('    rate_limit: { rpm: 10000000, tpm: 1000000000 }'),
  'rate_limit of clients': `${provider()}
rate_limit: { requests: 1000000, window: 60 }`,
  'budget of a client': `${provider('    price: { input: 1, output: 1 }')}
clients: [{ name: ann, key: sk-of-the-bench, budget: { usd: 1000, per: day } }]`,
  'cache, half of the answers in it': `${provider()}
cache: { enabled: true }`,
}
