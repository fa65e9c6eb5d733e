import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { pluginFolders } from '../../src/registry/folders.ts'
import type { FolderSources } from '../../src/registry/folders.ts'
import { newFolder } from './host.ts'

const root = join(import.meta.dirname, '../..')

t.test("the package's own folders come first", async t => {
  const [approaches, plugins, ...others] = pluginFolders({
    workingFolder: newFolder(t, {}),
    home: newFolder(t, {}),
  })
  t.same(approaches, { path: join(root, 'approaches'), builtIn: true })
  t.same(plugins, { path: join(root, 'plugins'), builtIn: true })
  t.same(others, [])
})

t.test("the working folder's plugins are used only if it contains a configuration", async t => {
  const workingFolder = newFolder(t, { 'plugins/a.js': '', 'conf/own.yaml': '', 'own.yaml': '' })
  const home = newFolder(t, {})
  const folder = join(workingFolder, 'plugins')
  t.same(added({ workingFolder, home }), [])
  t.same(added({ workingFolder, home, configFile: 'conf/own.yaml' }), [])
  t.same(added({ workingFolder, home, configFile: 'own.yaml' }), [folder])
  t.same(added({ workingFolder, home, configFile: join(workingFolder, 'own.yaml') }), [folder])

  const usual = newFolder(t, { 'plugins/a.js': '', 'hulumanage.yaml': '' })
  t.same(added({ workingFolder: usual, home }), [join(usual, 'plugins')])
})

t.test('the folder in the home folder and those of the options follow', async t => {
  const workingFolder = newFolder(t, { 'mine/a.js': '' })
  const home = newFolder(t, { '.hulumanage/plugins/a.js': '', 'more/a.js': '' })
  t.same(added({ workingFolder, home, pluginsDir: ['mine', '~/more', '/nowhere/else'] }), [
    join(home, '.hulumanage/plugins'),
    join(workingFolder, 'mine'),
    join(home, 'more'),
    '/nowhere/else',
  ])
})

t.test('a folder reached by two paths is searched once, and still counts as built in', async t => {
  const workingFolder = newFolder(t, { 'mine/a.js': '' })
  symlinkSync(join(workingFolder, 'mine'), join(workingFolder, 'link'))
  const home = newFolder(t, {})
  t.same(added({ workingFolder, home, pluginsDir: ['mine', 'link', join(root, 'plugins')] }), [
    join(workingFolder, 'mine'),
  ])
})

function added(sources: FolderSources): string[] {
  return pluginFolders(sources)
    .filter(folder => !folder.builtIn)
    .map(folder => folder.path)
}
