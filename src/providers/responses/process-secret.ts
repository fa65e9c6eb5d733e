import { randomBytes } from 'node:crypto'
import process from 'node:process'

/** The variable in which the primary passes its secret to its workers. */
export const secretVariable = 'HULUMANAGE_WORKER_SECRET'

/** A secret drawn at random that lasts as long as the server; all its workers have the same one. */
export const processSecret = process.env[secretVariable] || randomBytes(32).toString('base64url')
