/** Where an extension may stand (https://hl7.org/fhir/R4/defining-extensions.html#context). */
import { fhirpath, r4Model } from './fhirpath-library.ts'
import type { KnownExtension } from './profile-library.ts'
import type { Loose } from './profile-scope.ts'
import { remember } from './remember.ts'

export interface Standing {
  readonly resource: Loose
  /** What holds the extension, for that of a primitive the `_name` beside it, and what holds that. */
  readonly holder: Loose
  readonly parent: Loose | undefined
  readonly extension: Loose
  /** Paths and types by which a context may call the holder. */
  readonly names: ReadonlySet<string>
}

/** Whether one context fits and every context invariant holds; a definition without a context allows any place. */
export function allowsContext({ context, contextInvariant }: KnownExtension, standing: Standing): boolean {
  const fits = context.length === 0 || context.some(({ type, expression }) => isContext(type, expression, standing))
  return fits && contextInvariant.every((expression) => isTrue(expression, standing))
}

function isContext(type: string, expression: string, { resource, holder, parent, names }: Standing): boolean {
  switch (type) {
    case 'element':
      // Resources are no elements in R4's hierarchy of types, but in what its own extensions mean.
      return expression === 'Element' || names.has(expression.replace('[x]', ''))
    case 'extension': {
      // In an extension, or in its value.
      const [url] = expression.split('#', 1)
      return holder.url === url || parent?.url === url
    }
    case 'fhirpath': {
      const found = select(expression, resource, {})
      return found === undefined || found.includes(holder)
    }
    default:
      return true
  }
}

function isTrue(expression: string, { holder, extension }: Standing): boolean {
  const found = select(expression, holder, { extension })
  return found === undefined || (found.length === 1 && found[0] === true)
}

const compile = remember(500, (expression) =>
  fhirpath().compile(expression, r4Model(), { resolveInternalTypes: false, traceFn: () => undefined }),
)

/** Undefined when the expression cannot be evaluated: then it holds nobody up. */
function select(expression: string, node: Loose, variables: Record<string, unknown>): unknown[] | undefined {
  try {
    const found = compile(expression)(node, variables) as readonly {
      readonly data?: unknown
      readonly _data?: unknown
    }[]
    // What stands in the resource comes with its place around it; the extensions of a primitive are in `_data`.
    return found.flatMap((item) => (typeof item === 'object' && 'data' in item ? [item.data, item._data] : [item]))
  } catch {
    return undefined
  }
}
