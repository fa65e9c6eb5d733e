/** Keys that must appear nowhere, in no form that a filter for keys would recognize. */
export const canaries = { provider: 'canaryProvider7f3c91', client: 'canaryClient55d0e2' } as const

/** A word of the usual prompt; it must not be logged. */
export const promptCanary = 'canaryPrompt1a2b3c'
