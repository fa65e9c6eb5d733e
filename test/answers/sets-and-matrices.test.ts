import t from 'tap'
import { answerKeys } from '../../src/answers/answer-keys.ts'

const r = String.raw
const shared = (...texts: readonly string[]) => new Set(answerKeys(texts)).size === 1

t.test('an inequality of an absolute value is the set that it means', async t => {
  for (const [one, other] of [
    ['|x| > 3', r`(-\infty, -3) \cup (3, \infty)`],
    ['|x| < 3', '(-3, 3)'],
    ['3 > |x|', '-3 < x < 3'],
    [r`|x - 2| \le 5`, '[-3, 7]'],
    [r`|z| \ge 2`, r`z \le -2 \text{ or } z \ge 2`],
    [r`\{x : |x| > 3\}`, 'x < -3 or x > 3'],
    ['|2x - 1| < 3', '(-1, 2)'],
    ['|1 - x| < 3', '(-2, 4)'],
    ['-3 < 2x + 1 < 5', '-2 < x < 2'],
    [r`1 \le -x < 4`, '(-4, -1]'],
  ] as const)
    t.ok(shared(one, other), answerKeys([one, other]).join(' | '))
  for (const [one, other] of [
    ['|x| > 3', '|x| < 3'],
    ['|x| > 3', '|x| ≥ 3'],
    ['|x| > 3', 'x > 3'],
    ['|x - 2| < 5', '|x + 2| < 5'],
    ['|x| < -3', '(-3, 3)'],
    ['-3 < 2x + 1 < 5', '-3 < x < 5'],
    ['|x|', 'x'],
    [r`\left|-3\right|`, '-3'],
  ] as const)
    t.notOk(shared(one, other), answerKeys([one, other]).join(' | '))
})

t.test('a set without some points is a union of intervals', async t => {
  for (const [one, other] of [
    [r`\mathbb{R}\setminus\{1\}`, r`x \ne 1`],
    [r`\mathbb{R} \setminus \{2, 1\}`, r`(-\infty,1)\cup(1,2)\cup(2,\infty)`],
    [r`[-2,2]\setminus\{0\}`, r`[-2,0)\cup(0,2]`],
    [r`x \in \mathbb{R} \setminus \{-\frac12\}`, r`(-\infty, -1/2) \cup (-1/2, \infty)`],
  ] as const)
    t.ok(shared(one, other), answerKeys([one, other]).join(' | '))
  for (const [one, other] of [
    [r`[-2,2]\setminus\{0\}`, '[-2, 2]'],
    [r`[-2,2]\setminus\{2\}`, '[-2, 2]'],
    [r`\mathbb{R}\setminus\{1\}`, r`\mathbb{R}\setminus\{-1\}`],
    [r`\mathbb{R}\setminus\{1, 2\}`, r`\mathbb{R}\setminus\{1\}`],
  ] as const)
    t.notOk(shared(one, other), answerKeys([one, other]).join(' | '))
})

t.test('sums, multiples and transposes of matrices are calculated', async t => {
  for (const [one, other] of [
    [r`\frac12\begin{pmatrix}1 & 0\\0&2\end{pmatrix}`, r`\begin{pmatrix}1/2 & 0\\0&1\end{pmatrix}`],
    [r`2\begin{bmatrix}1&2\\3&4\end{bmatrix}`, r`\begin{bmatrix}2&4\\6&8\end{bmatrix}`],
    [
      r`\begin{pmatrix}1\\2\end{pmatrix}+\begin{pmatrix}3\\4\end{pmatrix}`,
      r`\begin{pmatrix}4\\6\end{pmatrix}`,
    ],
    [
      r`\begin{pmatrix}1\\2\end{pmatrix} - 2\begin{pmatrix}3\\4\end{pmatrix}`,
      r`\begin{pmatrix}-5\\-6\end{pmatrix}`,
    ],
    [r`\begin{pmatrix}1&2\\3&4\end{pmatrix}^T`, r`\begin{pmatrix}1&3\\2&4\end{pmatrix}`],
    [r`-\begin{pmatrix}a & 1\\0&b\end{pmatrix}`, r`\begin{pmatrix}-a & -1\\0&-b\end{pmatrix}`],
  ] as const)
    t.ok(shared(one, other), answerKeys([one, other]).join(' | '))
  for (const [one, other] of [
    [r`\begin{pmatrix}1&2\\3&4\end{pmatrix}^T`, r`\begin{pmatrix}1&2\\3&4\end{pmatrix}`],
    [r`2\begin{pmatrix}1&2\\3&4\end{pmatrix}`, r`\begin{pmatrix}1&2\\3&4\end{pmatrix}`],
    [r`-\begin{pmatrix}1\\2\end{pmatrix}`, r`\begin{pmatrix}1\\2\end{pmatrix}`],
    [
      r`\begin{pmatrix}1\\2\end{pmatrix}+\begin{pmatrix}3&4\end{pmatrix}`,
      r`\begin{pmatrix}4\\6\end{pmatrix}`,
    ],
    [r`\begin{pmatrix}1&2\\3&4\end{pmatrix}^2`, r`\begin{pmatrix}1&4\\9&16\end{pmatrix}`],
  ] as const)
    t.notOk(shared(one, other), answerKeys([one, other]).join(' | '))
})

t.test(
  'a root, logarithm or angle with a simple value is that value, and a repeating decimal a fraction',
  async t => {
    for (const [one, other] of [
      [r`\sqrt[3]{8}`, '2'],
      [r`\log_{2}(8)`, '3'],
      [r`\ln(e^2)`, '2'],
      [r`\tan(\pi/4)`, '1'],
      [r`\sin(\pi/6)`, r`\frac12`],
      [r`\cos^2 x + \sin^2 x`, '1'],
      [r`0.\overline{3}`, '1/3'],
      [r`0.1\overline{6}`, '1/6'],
      [r`2.\overline{45}`, '27/11'],
    ] as const)
      t.ok(shared(one, other), answerKeys([one, other]).join(' | '))
    for (const [one, other] of [
      [r`\sqrt[3]{9}`, '2'],
      [r`\log_{2}(9)`, '3'],
      [r`\sqrt{4.0001}`, '2'],
      [r`0.\overline{3}`, '0.3'],
      [r`0.1\overline{6}`, r`0.\overline{16}`],
    ] as const)
      t.notOk(shared(one, other), answerKeys([one, other]).join(' | '))
  },
)
