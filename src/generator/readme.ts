/**
 * Keeps the generated parts of the README true: `node src/generator/readme.ts` writes them, with `--check` it only
 * says whether they are current (exit code 1 when not).
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../config.ts'
import { settings } from '../settings.ts'
import { keepCurrent } from './keep-current.ts'

export interface Block {
  /** Stands between `<!-- generated:NAME -->` and `<!-- /generated:NAME -->`. */
  readonly name: string
  readonly render: () => string
}

/** One entry per generated part. */
export const blocks: readonly Block[] = [{ name: 'configuration', render: renderConfiguration }]

function renderConfiguration(): string {
  const rows = settings.map(
    ({ name, default: value, description }) =>
      `| \`${name}\` | ${value === '' ? '' : `\`${value}\``} | ${description} |`,
  )
  return ['| Variable | Default | Meaning |', '|---|---|---|', ...rows].join('\n')
}

/**
 * The text with every block rendered anew.
 * @throws Error when a block's markers are not in the text
 */
export function renderBlocks(text: string, wanted: readonly Block[] = blocks): string {
  return wanted.reduce((whole, { name, render }) => {
    const [open, close] = [`<!-- generated:${name} -->`, `<!-- /generated:${name} -->`]
    const start = whole.indexOf(open)
    const end = whole.indexOf(close)
    if (start < 0 || end < start) throw new Error(`The text has no lines "${open}" and "${close}".`)
    return `${whole.slice(0, start + open.length)}\n${render()}\n${whole.slice(end)}`
  }, text)
}

if (import.meta.main) {
  keepCurrent('README.md', renderBlocks(readFileSync(join(packageRoot, 'README.md'), 'utf8')))
}
