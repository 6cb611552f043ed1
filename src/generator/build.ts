/**
 * `node src/generator/build.ts [FOLDER]`, for `npm run build`: the program in a few files in `dist/`, with the libraries
 * that every start needs. Hundreds of small modules would have to be found, read and linked one by one, which is half of
 * a start. Types are not checked here (`npm run types` does that).
 */
import { readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build, type BuildOptions } from 'esbuild'
import { CODE, PROGRAM } from '../built-program.ts'
import { packageRoot } from '../config.ts'
import { playFirstOrder } from './first-order.ts'
import { prove } from './prove.ts'

/** All on one level: `..` is the package root, as it is from `src/`. */
const folder = resolve(process.argv[2] ?? join(packageRoot, 'dist'))

/** What a process or a thread is started with; what several of them need is written once. */
const entryPoints = { main: 'src/built-main.ts', cli: 'src/cli.ts', 'sqlite-writer': 'src/store/sqlite-writer.ts' }

/** Part of every start. All other packages are loaded from `node_modules` by whoever needs them first. */
const included = [
  '@fastify/cors',
  '@opentelemetry/api',
  'canonicalize',
  'fastify',
  'jose',
  'pino',
  'prom-client',
  'rfc6902',
]

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>
  readonly optionalDependencies: Readonly<Record<string, string>>
}
const manifest = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as Manifest
const packages = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })

const common: BuildOptions = {
  absWorkingDir: packageRoot,
  external: packages.filter((name) => !included.includes(name)),
  bundle: true,
  platform: 'node',
  target: 'node24',
  sourcemap: true,
  logLevel: 'warning',
}

rmSync(join(folder, CODE), { force: true })
// What an earlier build has left stays: a command that runs may yet load a part of itself.
await build({
  ...common,
  entryPoints,
  outdir: folder,
  splitting: true,
  format: 'esm',
  // CommonJS libraries among them ask for Node's own modules in their way.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'\nconst require = requireFrom(import.meta.url)",
  },
})
await build({
  ...common,
  entryPoints: ['src/program.ts'],
  outfile: join(folder, PROGRAM),
  format: 'cjs',
  define: { 'import.meta.url': 'ownUrl', 'import.meta.dirname': '__dirname' },
  banner: { js: '(function (exports, require, module, __filename, __dirname, ownUrl) {' },
  footer: { js: '})' },
})
prove(folder)
try {
  await playFirstOrder(folder)
} catch (error) {
  process.stderr.write(
    `The service starts more slowly, for no order could be played while it was built: ${String(error)}\n`,
  )
}
