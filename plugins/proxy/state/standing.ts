/** The state of a provider for people: all its models work, some do not, or none does. */
export type Status = 'healthy' | 'degraded' | 'unhealthy'

/**
 * Whether calls for a model may be sent, and why not. `doubted`: too many failed, which may be the fault of the requests.
 * `out`: it is certain that they would fail. `missing`: the provider lacks the model. `limited`: it has asked to wait.
 */
export type Standing = 'fine' | 'doubted' | 'out' | 'missing' | 'limited'
