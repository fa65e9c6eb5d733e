/** Keys that must show nowhere. Of no form that a filter for keys would know. */
export const canaries = { provider: 'canaryProvider7f3c91', client: 'canaryClient55d0e2' } as const

/** A word of the usual prompt; it must not be logged. */
export const promptCanary = 'canaryPrompt1a2b3c'
