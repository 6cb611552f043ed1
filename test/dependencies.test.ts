/** A dependency that turns bad: versions are exact, content is pinned by its hash, and few may run a script at install. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../src/config.ts'

interface Manifest {
  readonly [group: string]: unknown
  readonly allowScripts: Readonly<Record<string, boolean>>
}
interface Locked {
  readonly version?: string
  readonly integrity?: string
  readonly link?: boolean
  readonly hasInstallScript?: boolean
  readonly resolved?: string
}

const read = (file: string): unknown => JSON.parse(readFileSync(join(packageRoot, file), 'utf8'))
const manifest = read('package.json') as Manifest
const { packages } = read('package-lock.json') as { readonly packages: Readonly<Record<string, Locked>> }
const installed = Object.entries(packages).filter(([path]) => path !== '')
const nameOf = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)

t.test('every direct dependency is of one exact version, and it is the one that is locked', async (t) => {
  for (const group of ['dependencies', 'devDependencies', 'optionalDependencies']) {
    for (const [name, version] of Object.entries((manifest[group] ?? {}) as Record<string, string>)) {
      t.match(version, /^\d+\.\d+\.\d+(?:-[\w.]+)?$/, name)
      t.equal(packages[`node_modules/${name}`]?.version, version, name)
    }
  }
})

t.test('every package is pinned by its hash and comes from no other place', async (t) => {
  t.same(
    installed.filter(([, { integrity = '' }]) => !/^sha512-/.test(integrity)).map(([path]) => path),
    [],
  )
  t.same(
    installed
      .filter(([, { link, resolved = 'https:' }]) => link || !resolved.startsWith('https:'))
      .map(([path]) => path),
    [],
  )
})

t.test('only named packages may run a script when they are installed', async (t) => {
  const known = Object.keys(manifest.allowScripts)
  const running = installed.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => nameOf(path))
  t.same(
    running.filter(
      (name) => !known.includes(name) && !known.includes(name.replace(/(linux|darwin|windows)-\w+$/, 'linux-x64')),
    ),
    [],
    'allowScripts in package.json names each, and whether it may',
  )
})
