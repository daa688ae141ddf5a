// Builds static/dist from static/src: two stylesheets, one script, htmx as it comes, the font and the licences of all of
// them. Run by `npm run build`; everything it needs is in package-lock.json.
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { build, transform } from 'esbuild'
import * as sass from 'sass'

const here = dirname(fileURLToPath(import.meta.url))
const packages = join(here, '..', 'node_modules')
const source = join(here, 'src')
const finished = join(here, 'dist')
// Built beside what is served and put in its place at the end: a running portal is never without its stylesheet.
const target = join(here, `.dist-${process.pid}`)
const font = '@fontsource/atkinson-hyperlegible-next'
// What is sent to browsers is written for browsers that know ES modules, as govuk-frontend is.
const browsers = 'es2020'

function swap () {
  const old = `${target}-old`
  if (existsSync(finished)) renameSync(finished, old)
  renameSync(target, finished)
  rmSync(old, { recursive: true, force: true })
}

async function styles (name) {
  const { css } = sass.compile(join(source, `${name}.scss`), {
    loadPaths: [packages],
    style: 'compressed',
    quietDeps: true
  })
  if (/GDS Transport|crest|crown/i.test(css)) {
    throw new Error(`${name}.css carries a brand that is not ours to use`)
  }
  return css
}

function mark () {
  copyFileSync(join(source, 'mark.svg'), join(target, 'mark.svg'))
}

function fonts () {
  for (const subset of ['latin', 'latin-ext']) {
    for (const weight of [400, 700]) {
      const file = `atkinson-hyperlegible-next-${subset}-${weight}`
      copyFileSync(
        join(packages, font, 'files', `${file}-normal.woff2`),
        join(target, 'fonts', `${file}.woff2`)
      )
    }
  }
}

// The renderer of documents may fetch nothing, so its sheet carries the font. Each subset has a family of its own there:
// WeasyPrint 70 takes two files of one family for the same font and prints the glyphs of one with the numbers of the other.
function fontsAsData () {
  const families = { latin: 'Atkinson Hyperlegible Next', 'latin-ext': 'Atkinson Hyperlegible Next Extended' }
  return Object.entries(families).flatMap(([subset, family]) => [400, 700].map((weight) => {
    const file = join(target, 'fonts', `atkinson-hyperlegible-next-${subset}-${weight}.woff2`)
    const data = readFileSync(file).toString('base64')
    return `@font-face{font-family:"${family}";font-weight:${weight};src:url(data:font/woff2;base64,${data})}`
  })).join('')
}

async function scripts () {
  await build({
    entryPoints: [join(source, 'app.js')],
    outfile: join(target, 'app.js'),
    bundle: true,
    minify: true,
    format: 'esm',
    target: browsers,
    legalComments: 'none',
    nodePaths: [packages]
  })
  copyFileSync(join(packages, 'htmx.org', 'dist', 'htmx.min.js'), join(target, 'htmx.min.js'))
}

function licences () {
  const parts = [
    ['htmx', join(packages, 'htmx.org', 'LICENSE')],
    ['Atkinson Hyperlegible Next', join(packages, font, 'LICENSE')]
  ].map(([name, file]) => `${name}\n\n${readFileSync(file, 'utf8').trim()}\n`)
  // the package carries no licence file, only the field `license` in its package.json
  const govuk = JSON.parse(readFileSync(join(packages, 'govuk-frontend', 'package.json'), 'utf8'))
  parts.unshift(`govuk-frontend ${govuk.version}\n\n${govuk.license} licence, Crown copyright (Government Digital Service)\n`)
  writeFileSync(join(target, 'licences.txt'), parts.join(`\n${'-'.repeat(72)}\n\n`))
}

async function make () {
  mkdirSync(join(target, 'fonts'), { recursive: true })
  const app = await transform(await styles('app'), { loader: 'css', minify: true })
  writeFileSync(join(target, 'app.css'), app.code)
  mark()
  fonts()
  // untouched by a minifier for browsers: it would drop what only paged media know
  writeFileSync(join(target, 'pdf.css'), fontsAsData() + await styles('pdf'))
  await scripts()
  licences()
}

try {
  await make()
  swap()
} finally {
  rmSync(target, { recursive: true, force: true })
}
