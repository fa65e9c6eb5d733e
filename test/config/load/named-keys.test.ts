import t from 'tap'
import { renderProblem } from '../../../src/config/problems.ts'
import { load } from '../formats/load.ts'

t.test('a key that is the name of a variable, not its value, is pointed out', async t => {
  const env = { PREFIX: 'PROD', PROD_API_KEY: 'sk-prod', OPENAI_API_KEY: 'sk-openai', local: 'local' }
  const { config, warnings } = load(
    t,
    {
      'hulumanage.yaml': `providers:
  - {name: a, base_url: "http://a/v1", api_key: "\${PREFIX}_API_KEY"}
  - {name: b, base_url: "http://b/v1", api_key: "\${\${PREFIX}_API_KEY}"}
  - {name: c, base_url: "http://c/v1", api_keys: [sk-1, OPENAI_API_KEY]}
  - {name: d, base_url: "http://d/v1", api_key: local}
  - {name: e, base_url: "http://e/v1", api_key: toString}
`,
    },
    { env },
  )
  t.equal(config.providers[1]?.api_key, 'sk-prod')
  const hint = (name: string) =>
    `(for its value, write \${${name}}, or \${\${PREFIX}_REST} if a part of the name varies)`
  t.same(warnings.map(renderProblem), [
    `hulumanage.yaml:2:40 providers[0].api_key: is the name of a variable that is set ${hint('PROD_API_KEY')}`,
    `hulumanage.yaml:4:40 providers[2].api_keys: is the name of a variable that is set ${hint('OPENAI_API_KEY')}`,
  ])
})
