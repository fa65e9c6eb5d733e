import fc from 'fast-check'
import t from 'tap'
import { runSearch } from '../../../../approaches/lib/search/search.ts'
import { TreeNode } from '../../../../approaches/lib/search/tree.ts'

/** A search that adds `width` children to each node that it extends. */
function searchOf(width: number, isOver: (simulations: number) => boolean = () => false) {
  const root = new TreeNode('')
  for (let child = 0; child < width; child++) root.addChild(String(child), 0.5)
  const numbers: number[] = []
  const sizes: number[] = []
  let running = 0
  return {
    root,
    exploration: 1,
    numbers,
    /** Number of running simulations at the start of each. */
    sizes,
    isOpen: (node: TreeNode<string>) => node !== root && node.children.length === 0 && !node.isPending,
    async simulate(node: TreeNode<string>, number: number) {
      numbers.push(number)
      sizes.push(++running)
      await Promise.resolve()
      for (let child = 0; child < width; child++) node.addChild(node.item + child, 0.5)
      node.record(0.5)
      running--
    },
    isOver: () => isOver(numbers.length),
  }
}

t.test('runs the given number of simulations, in batches of the given size', async t => {
  const search = searchOf(3)
  await runSearch(search, 7, 3)
  t.same(search.numbers, [1, 2, 3, 4, 5, 6, 7])
  t.same(search.sizes, [1, 2, 3, 1, 2, 3, 1])
})

t.test('runs all of them in the minimum number of batches, whatever the numbers', async t => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 5 }),
      async (times, width) => {
        const search = searchOf(width)
        await runSearch(search, times, width)
        t.equal(search.numbers.length, times)
        t.equal(search.sizes.filter(size => size === 1).length, Math.ceil(times / width))
      },
    ),
    { numRuns: 40 },
  )
})

t.test('a batch is smaller if there are not enough open nodes', async t => {
  const search = searchOf(2)
  await runSearch(search, 8, 4)
  t.same(search.sizes, [1, 2, 1, 2, 3, 4], 'two of the first batch, and no third batch')
  const none = searchOf(0)
  await runSearch(none, 4, 2)
  t.same(none.numbers, [])
})

t.test('ends when further simulations would be useless', async t => {
  const search = searchOf(2, simulations => simulations >= 2)
  await runSearch(search, 8, 2)
  t.equal(search.numbers.length, 2)
})

t.test('fails with the first simulation that fails', async t => {
  const search = searchOf(2)
  const failing = { ...search, simulate: () => Promise.reject(new Error('spent')) }
  await t.rejects(runSearch(failing, 4, 2), { message: 'spent' })
})
