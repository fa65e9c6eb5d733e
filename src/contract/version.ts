/**
 * The version of the contract that this server offers to steps and plugins. It grows only when one written for an older
 * version might stop working.
 */
export const contractVersion = 1

/** The version of the contract that a step or plugin was written for. */
export type ContractVersion = typeof contractVersion
