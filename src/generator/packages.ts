/**
 * FHIR packages from outside: npm-style archives (`.tgz`, content below `package/`) or unpacked folders
 * (https://hl7.org/fhir/packages.html). Only definitions are taken: profiles, value sets, code systems.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { ProfileDefinition, ProfileSource } from '../fhir/profile-definition.ts'
import type { Resource } from '../fhir/resource.ts'
import { readTar } from './tar.ts'

export interface TerminologySource {
  /** Package and file, for the words of a failure. */
  readonly file: string
  readonly resource: Resource
}

export interface LoadedPackages {
  readonly profiles: readonly ProfileSource[]
  readonly valueSets: readonly TerminologySource[]
  readonly codeSystems: readonly TerminologySource[]
}

export interface PackageLimits {
  /** Bytes of an archive when unpacked, and of the files of a folder together. */
  readonly bytes: number
  readonly fileBytes: number
  readonly files: number
}

const LIMITS: PackageLimits = { bytes: 256 * 1024 * 1024, fileBytes: 32 * 1024 * 1024, files: 20_000 }

interface SourceFile {
  readonly name: string
  readonly read: () => string
}

/** Folders of a package that hold no definitions to enforce. */
const SKIPPED = /(?:^|\/)(?:examples?|node_modules|openapi|other|xml|tests?|\.[^/]*)\//

/**
 * Reads packages, in order.
 * @param paths archives or folders
 * @throws Error naming the package, the file and the reason when something cannot be read or is not for R4
 */
export function loadPackages(paths: readonly string[], limits: Partial<PackageLimits> = {}): LoadedPackages {
  const bounds = { ...LIMITS, ...limits }
  const loaded = {
    profiles: [] as ProfileSource[],
    valueSets: [] as TerminologySource[],
    codeSystems: [] as TerminologySource[],
  }
  for (const path of paths) {
    for (const { name, read } of filesOf(path, bounds)) {
      const file = join(path, name)
      const resource = parse(file, read)
      if (/(?:^|\/)package\.json$/.test(name)) {
        checkManifest(file, resource)
        continue
      }
      const { resourceType } = resource
      if (resourceType === 'StructureDefinition') {
        loaded.profiles.push({ file, definition: resource as unknown as ProfileDefinition })
      } else if (resourceType === 'ValueSet') loaded.valueSets.push({ file, resource })
      else if (resourceType === 'CodeSystem') loaded.codeSystems.push({ file, resource })
    }
  }
  return loaded
}

function filesOf(path: string, limits: PackageLimits): SourceFile[] {
  let isFolder: boolean
  try {
    isFolder = statSync(path).isDirectory()
  } catch (error) {
    throw new Error(
      `${path}: the package cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}).`,
    )
  }
  const all = isFolder ? folderFiles(path, limits) : archiveFiles(path, limits)
  const files = all.filter(({ name }) => name.endsWith('.json') && !SKIPPED.test(name) && !/(?:^|\/)\./.test(name))
  if (files.length === 0) throw new Error(`${path}: the package holds no JSON file.`)
  return files.sort((a, b) => (a.name < b.name ? -1 : 1))
}

function archiveFiles(path: string, limits: PackageLimits): SourceFile[] {
  try {
    const compressed = readFileSync(path)
    if (compressed.length > limits.bytes) throw new Error(`it is larger than ${limits.bytes} bytes.`)
    const files = readTar(gunzipSync(compressed, { maxOutputLength: limits.bytes }))
    if (files.length > limits.files) throw new Error(`it holds more than ${limits.files} files.`)
    return files.map(({ name, content }) => {
      if (content.length > limits.fileBytes) throw new Error(`${name} is larger than ${limits.fileBytes} bytes.`)
      return { name: name.replace(/^package\//, ''), read: () => content.toString('utf8') }
    })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const tooLarge = code === 'ERR_BUFFER_TOO_LARGE' ? `it unpacks to more than ${limits.bytes} bytes.` : message
    throw new Error(`${path}: the package cannot be read: ${tooLarge}`)
  }
}

/** Symbolic links are not followed: a folder is what it holds. */
function folderFiles(root: string, limits: PackageLimits): SourceFile[] {
  const files: SourceFile[] = []
  let bytes = 0
  const walk = (folder: string, depth: number): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      const name = relative(root, path).replaceAll('\\', '/')
      if (entry.isDirectory() && depth < 6 && !SKIPPED.test(`${name}/`)) walk(path, depth + 1)
      if (!entry.isFile() || !entry.name.endsWith('.json')) continue
      const { size } = statSync(path)
      bytes += size
      if (size > limits.fileBytes) throw new Error(`${root}: ${name} is larger than ${limits.fileBytes} bytes.`)
      if (bytes > limits.bytes) throw new Error(`${root}: the folder holds more than ${limits.bytes} bytes.`)
      if (files.length >= limits.files) throw new Error(`${root}: the folder holds more than ${limits.files} files.`)
      files.push({ name: name.replace(/^package\//, ''), read: () => readFileSync(path, 'utf8') })
    }
  }
  walk(root, 0)
  return files
}

function parse(file: string, read: () => string): Resource {
  let value: unknown
  try {
    value = JSON.parse(read().replace(/^\uFEFF/, ''))
  } catch (error) {
    throw new Error(`${file}: it is not JSON: ${(error as Error).message}`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`${file}: it is JSON, but no object.`)
  }
  return value as Resource
}

/** A package says which releases of FHIR it is for. */
function checkManifest(file: string, manifest: Record<string, unknown>): void {
  const versions: unknown = manifest.fhirVersions ?? manifest['fhir-version-list']
  if (!Array.isArray(versions) || versions.length === 0) return
  if (versions.some((version) => typeof version === 'string' && version.startsWith('4.0'))) return
  throw new Error(`${file}: the package is for FHIR ${versions.join(', ')}, and this service speaks R4 (4.0).`)
}
