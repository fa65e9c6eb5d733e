import t from 'tap'

type Check = (body: unknown) => string[]

/** One test that a checker accepts each body, by its name. */
export function accepts(check: Check, bodies: Readonly<Record<string, unknown>>): void {
  void t.test('requests that a service accepts are not violations', t => {
    for (const [name, body] of Object.entries(bodies)) t.same(check(body), [], name)
    t.end()
  })
}

/** One test for each rule: a body that breaks only this rule, and all its violations. */
export function refuses(check: Check, rules: readonly (readonly [string, unknown, ...string[]])[]): void {
  for (const [rule, body, ...said] of rules)
    void t.test(rule, t => {
      t.same(check(body), said)
      t.end()
    })
}
