/** Names of the servers that others are compared with. */
export const baselineName = 'bare relay'
export const oursName = 'hulumanage'
export const everythingOffName = 'everything off'
