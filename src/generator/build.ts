/**
 * `node src/generator/build.ts [FOLDER]`, for `npm run build`: the program in a few files in `dist/`, with the libraries
 * that every start needs. Hundreds of small modules would have to be found, read and linked one by one, which is half of
 * a start. Types are not checked here (`npm run types` does that).
 */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import { packageRoot } from '../config.ts'
import { prove } from './prove.ts'

/** All on one level: `..` is the package root, as it is from `src/`. */
const folder = resolve(process.argv[2] ?? join(packageRoot, 'dist'))

/** What a process or a thread is started with; what several of them need is written once. */
const programs = ['main.ts', 'cli.ts', 'store/sqlite-writer.ts']

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

// What an earlier build has left stays: a service that runs may yet load a part of itself.
await build({
  absWorkingDir: packageRoot,
  entryPoints: programs.map((program) => join('src', program)),
  outdir: folder,
  entryNames: '[name]',
  external: packages.filter((name) => !included.includes(name)),
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  sourcemap: true,
  logLevel: 'warning',
  // CommonJS libraries among them ask for Node's own modules in their way.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'\nconst require = requireFrom(import.meta.url)",
  },
})
prove(folder)
