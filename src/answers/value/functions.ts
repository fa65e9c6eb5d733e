/** Names of functions and of commands with arguments, without a backslash, that are read as one token. */
export const functionNames: ReadonlySet<string> = new Set(
  (
    'sqrt cbrt sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh arcsinh arccosh arctanh ln lg log exp ' +
    'frac dfrac tfrac binom gcd lcm max min floor ceil'
  ).split(' '),
)

/** Functions of several arguments, which commas separate. */
export const severalArguments: ReadonlySet<string> = new Set('gcd lcm max min'.split(' '))

/** A regular expression for the names of functions and of π; the longest that fits comes first. */
export const functionPattern = [...functionNames, 'pi']
  .toSorted((one, other) => other.length - one.length)
  .join('|')
