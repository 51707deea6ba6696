// Builds the front end into viewer/built/<release>/, and manifest.json beside it tells the pages what to load.
// What a page needs at once comes in one module and one style sheet, what it may need later in parts of their own
// (docs/decisions/0030-one-file-first.md); other style sheets are minified one by one.
// The release is a hash of everything in it, so its files never change and may be cached for ever.

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import * as esbuild from 'esbuild';

const VIEWER = path.dirname(fileURLToPath(import.meta.url));
const STATIC = path.join(VIEWER, 'static');
const BUILT = path.join(VIEWER, 'built');
const PACKAGES = path.join(VIEWER, '..', 'node_modules');
/** Browsers of the last three years. */
const TARGET = ['chrome109', 'firefox121', 'safari16'];
/** Pages with a module js/<name>.js and a sheet css/<name>-page.css. */
const ENTRIES = ['viewer', 'embed', 'builder'];

/** Packages whose code is passed on. */
const PASSED_ON = ['leaflet', '@mapbox/point-geometry', '@mapbox/vector-tile', 'pbf', '@github/combobox-nav'];
/** Leaflet's ES module is not what its package names. */
const LEAFLET_MODULE = {
  name: 'leaflet-module',
  setup: (build) => build.onResolve({ filter: /^leaflet$/ }, () => ({
    path: path.join(PACKAGES, 'leaflet/dist/leaflet-src.esm.js'),
  })),
};
const FONT = '@fontsource-variable/source-sans-3';
const FONT_FILES = ['source-sans-3-latin-wght-normal.woff2', 'source-sans-3-latin-ext-wght-normal.woff2'];
const COMPRESSED = new Set(['.js', '.css', '.svg', '.txt']);

const { bundled, entries } = await bundlePages();
const files = new Map([
  ...(await readOwnFiles()),
  ...bundled,
  // For the stand-alone file of viewer/folium_export.py; no page loads them.
  ['vendor/leaflet.css', await minify(await readPackage('leaflet/dist/leaflet.css'), 'css')],
  ['vendor/leaflet-classic.js', await readPackage('leaflet/dist/leaflet.js')],
  ...(await readFonts()),
  ['vendor/LICENCES.txt', await readLicences()],
]);
files.set('embed/messages.schema.json', await writeSchema());
const release = hashOf(files);
await writeRelease(release, files);
await writeManifest({ release, entries, fonts: FONT_FILES.map((each) => `fonts/${each}`) });
await removeOtherReleases(release);
process.stdout.write(`viewer/built/${release}: ${files.size} files, ${kilobytes(files)} kB before compression\n`);

/** Modules and sheets of the pages, by name, and what each page loads at once. */
async function bundlePages() {
  const found = new Map();
  const needed = {};
  // One by one: parts that two pages share would be many and tiny.
  for (const page of ENTRIES) {
    const [module, sheet] = [`js/${page}.js`, `css/${page}-page.css`];
    const { outputFiles, metafile } = await bundle([module, sheet]);
    for (const each of outputFiles) found.set(nameBelow(STATIC, each.path), Buffer.from(each.contents));
    needed[page] = { module, preload: findFirstParts(metafile.outputs, module), sheet };
  }
  return { bundled: found, entries: needed };
}

function bundle(entryPoints) {
  return esbuild.build({
    entryPoints, absWorkingDir: STATIC, outdir: '.', outbase: '.',
    bundle: true, splitting: true, format: 'esm', chunkNames: 'js/part-[hash]',
    plugins: [LEAFLET_MODULE], external: ['*.woff2', '*.png', '*.svg'],
    minify: true, target: TARGET, charset: 'utf8', legalComments: 'none',
    metafile: true, write: false, logLevel: 'warning',
  });
}

/** The parts that a module imports at once, and not those it may import() later. */
function findFirstParts(outputs, name, found = new Set()) {
  for (const { path: part, kind } of outputs[name].imports) {
    if (kind !== 'import-statement' || found.has(part)) continue;
    found.add(part);
    findFirstParts(outputs, part, found);
  }
  return [...found];
}

function nameBelow(folder, file) {
  return path.relative(folder, file).split(path.sep).join('/');
}

async function readOwnFiles() {
  const found = new Map();
  for (const name of await listFiles(STATIC)) {
    if (name.endsWith('.js')) continue;
    const content = await readFile(path.join(STATIC, name));
    found.set(name, name.endsWith('.css') ? await minify(content, 'css') : content);
  }
  return found;
}

/** The table that messages are checked against, for webmasters and their tools. */
async function writeSchema() {
  const { buildSchema } = await import('./static/js/base/message-schema.js');
  return Buffer.from(`${JSON.stringify(buildSchema('/embed/messages.schema.json'), null, 1)}\n`);
}

async function readFonts() {
  const found = new Map();
  for (const name of FONT_FILES) found.set(`fonts/${name}`, await readPackage(`${FONT}/files/${name}`));
  return found;
}

/** The licences of what we pass on stand beside it, as their authors ask. */
async function readLicences() {
  const parts = [];
  for (const name of [...PASSED_ON, FONT]) {
    const file = ['LICENSE', 'LICENSE.txt', 'LICENSE.md'].find((each) => existsSync(path.join(PACKAGES, name, each)));
    if (file) parts.push(`${name}\n\n${(await readPackage(`${name}/${file}`)).toString().trim()}\n`);
  }
  return Buffer.from(parts.join('\n----\n\n'));
}

function readPackage(file) {
  const where = path.join(PACKAGES, file);
  if (!existsSync(where)) throw new Error(`node_modules/${file} is missing: run "npm ci" first`);
  return readFile(where);
}

async function minify(content, loader) {
  const result = await esbuild.transform(content, {
    loader, minify: true, target: TARGET, charset: 'utf8', legalComments: 'none',
  });
  return Buffer.from(result.code.replace(/\n?\/\/# sourceMappingURL=.*\n?$/, ''));
}

function hashOf(contents) {
  const hash = createHash('sha256');
  for (const name of [...contents.keys()].sort()) hash.update(name).update('\0').update(contents.get(name));
  return hash.digest('hex').slice(0, 12);
}

async function writeRelease(name, contents) {
  for (const [file, content] of contents) {
    const where = path.join(BUILT, name, file);
    await mkdir(path.dirname(where), { recursive: true });
    await writeFile(where, content);
    if (!COMPRESSED.has(path.extname(file))) continue;
    await writeFile(`${where}.br`, brotliCompressSync(content));
    await writeFile(`${where}.gz`, gzipSync(content, { level: 9 }));
  }
}

/** Written last and in one step, so that a page never names a release that is half there. */
async function writeManifest(manifest) {
  const where = path.join(BUILT, 'manifest.json');
  await writeFile(`${where}.next`, `${JSON.stringify(manifest, null, 1)}\n`);
  await rename(`${where}.next`, where);
}

async function removeOtherReleases(keep) {
  for (const each of await readdir(BUILT, { withFileTypes: true })) {
    if (each.isDirectory() && each.name !== keep) await rm(path.join(BUILT, each.name), { recursive: true });
  }
}

async function listFiles(folder, below = '') {
  const names = [];
  for (const each of await readdir(path.join(folder, below), { withFileTypes: true })) {
    const name = path.posix.join(below, each.name);
    if (each.isDirectory()) names.push(...(await listFiles(folder, name)));
    else names.push(name);
  }
  return names.sort();
}

function kilobytes(contents) {
  return Math.round([...contents.values()].reduce((sum, content) => sum + content.length, 0) / 1000);
}
