import fc from 'fast-check'
import t from 'tap'
import { select, TreeNode } from '../../../../approaches/lib/search/tree.ts'
import { randomOf } from '../../random.ts'

type Node = TreeNode<string>

const isLeaf = ({ children }: Node): boolean => children.length === 0

/** A root with one child for each value, called `0`, `1` ... */
function treeOf(values: readonly number[]): Node {
  const root = new TreeNode('root')
  values.forEach((value, index) => root.addChild(String(index), value))
  return root
}

function never(): Promise<void> {
  return new Promise(() => {})
}

t.test('without exploration the best mean leads; ties go to the oldest', async t => {
  const root = treeOf([0.2, 0.7, 0.7, 0.1])
  t.equal(select(root, 0, isLeaf)?.item, '1')
  root.children[1]?.record(0.1)
  t.equal(select(root, 0, isLeaf)?.item, '2', 'a bad try lowers the mean')
})

t.test('the result of a node counts for all nodes above it', async t => {
  const root = treeOf([0.5, 0.6])
  const deep = root.children[0]!.addChild('deep', 0.9).addChild('deeper', 0.9)
  t.equal(select(root, 0, isLeaf)?.item, '1', 'adding a child does not update the nodes above')
  deep.record(1)
  t.equal(select(root, 0, isLeaf)?.item, 'deeper')
})

t.test('exploration prefers nodes with few tries', async t => {
  const root = treeOf([0.9, 0.1])
  const turns: string[] = []
  for (let turn = 0; turn < 40; turn++) {
    const node = select(root, 1, isLeaf)!
    turns.push(node.item)
    node.record(node.item === '0' ? 0.9 : 0.1)
  }
  const others = turns.filter(item => item === '1').length
  t.ok(others >= 2 && others <= 10, `${others} of 40`)
  t.ok(turns.lastIndexOf('1') > 10, 'never given up')
})

t.test('more exploration spreads the tries more evenly', async t => {
  const picks = [0, 0, 0, 0]
  const root = treeOf([0.9, 0.5, 0.3, 0.1])
  for (let turn = 0; turn < 96; turn++) {
    const node = select(root, 1000, isLeaf)!
    picks[Number(node.item)]!++
    node.record([0.9, 0.5, 0.3, 0.1][Number(node.item)]!)
  }
  t.same(picks, [24, 24, 24, 24])
})

t.test('finds the best of several noisy arms', async t => {
  const chances = [0.3, 0.5, 0.8, 0.4]
  let most = 0
  for (let seed = 1; seed <= 20; seed++) {
    const random = randomOf(seed)
    const root = treeOf(chances.map(chance => Number(random() < chance)))
    const picks = chances.map(() => 0)
    for (let turn = 0; turn < 300; turn++) {
      const node = select(root, 0.7, isLeaf)!
      picks[Number(node.item)]!++
      node.record(Number(random() < chances[Number(node.item)]!))
    }
    if (Math.max(...picks) === picks[2]) most++
  }
  t.ok(most >= 18, `the best arm was tried most in ${most} of 20 runs`)
})

t.test('a running try counts as a loss until it ends, successfully or not', async t => {
  const root = treeOf([0.7, 0.6])
  const [first, second] = root.children
  const work = Promise.withResolvers<void>()
  const running = first!.during(() => work.promise)
  t.ok(first!.isPending && root.isPending)
  t.notOk(second!.isPending)
  t.equal(select(root, 0, isLeaf)?.item, '1')
  work.resolve()
  await running
  t.notOk(first!.isPending || root.isPending)
  t.equal(select(root, 0, isLeaf)?.item, '0')

  await t.rejects(
    first!.during(() => Promise.reject(new Error('down'))),
    { message: 'down' },
  )
  t.notOk(root.isPending)
})

t.test('concurrent tries spread over the tree', async t => {
  const root = treeOf([0.7, 0.6, 0.5])
  const picked = Array.from({ length: 3 }, () => {
    const node = select(root, 0.2, isLeaf)!
    void node.during(never)
    return node.item
  })
  t.same(picked, ['0', '1', '2'])
})

t.test('finds an open node whenever there is one, and only open ones', async () => {
  const shape = fc.array(
    fc.record({ under: fc.nat(), value: fc.double({ min: 0, max: 1, noNaN: true }), open: fc.boolean() }),
    { maxLength: 40 },
  )
  fc.assert(
    fc.property(shape, fc.double({ min: 0, max: 10, noNaN: true }), (nodes, exploration) => {
      const root = new TreeNode(false)
      const all = [root]
      for (const { under, value, open } of nodes) {
        const parent = all[under % all.length]!
        all.push(parent.addChild(open, value))
        parent.record(value)
      }
      const found = select(root, exploration, ({ item }) => item)
      return found ? found.item : all.every(({ item }) => !item)
    }),
  )
})
