/** From a FHIRPath that selects an element to the place in the text where it stands. */
import { valueOffset } from './json.ts'

export interface Position {
  /** From 1. */
  readonly line: number
  /** From 1, in UTF-16 code units. */
  readonly column: number
}

/**
 * Where the element that an issue's expression selects stands in a body; the nearest element above it that is there,
 * when it is missing itself.
 * @param text the body
 * @param expression as our issues carry it, e.g. `Bundle.entry[2].resource.value.ofType(Quantity).code`
 * @param prefix members above the resource that the expression starts with, e.g. `['parameter', 0, 'resource']`
 */
export function positionOf(
  text: string,
  expression: string,
  prefix: readonly (string | number)[] = [],
): Position | undefined {
  const path = [...prefix, ...segmentsOf(expression)]
  for (let length = path.length; length >= 0; length--) {
    const offset = valueOffset(text, path.slice(0, length))
    if (offset !== undefined) return place(text, offset)
  }
  return undefined
}

/** Members and indexes below the type the expression starts with; `value.ofType(Quantity)` is `valueQuantity`. */
function segmentsOf(expression: string): (string | number)[] {
  const segments: (string | number)[] = []
  for (const [, name, index, type] of expression.matchAll(
    /(?:^|\.)(?!ofType\()([A-Za-z_]\w*)|\[(\d+)\]|\.ofType\((\w+)\)/g,
  )) {
    const last = segments.at(-1)
    if (name !== undefined) segments.push(name)
    else if (index !== undefined) segments.push(Number(index))
    else if (type !== undefined && typeof last === 'string') {
      segments[segments.length - 1] = `${last}${type.charAt(0).toUpperCase()}${type.slice(1)}`
    }
  }
  return segments.slice(1)
}

function place(text: string, offset: number): Position {
  const before = text.slice(0, offset)
  const line = before.split('\n').length
  return { line, column: offset - before.lastIndexOf('\n') }
}
