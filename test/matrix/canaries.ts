/** Keys that must appear nowhere, in no form that a filter for keys would recognize. */
export const canaries = { provider: 'canaryProvider7f3c91', client: 'canaryClient55d0e2' } as const

/** A word of the usual prompt; it must not be logged. It has no part of a key, which would be masked, and then not be found. */
export const promptCanary = 'promptWord1a2b3c'
