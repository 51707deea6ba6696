// Builds the front end: every ES module and style sheet of ours and of the npm packages is minified on its
// own into viewer/built/<release>/, and manifest.json beside it tells the pages what to load. Nothing is
// bundled: the browser follows the imports, helped by modulepreload and an import map.
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
const ENTRIES = ['viewer', 'embed'];

/** Names that our modules import, and the file of the package that answers to each. */
const MODULES = {
  leaflet: 'leaflet/dist/leaflet-src.esm.js',
  '@mapbox/point-geometry': '@mapbox/point-geometry/index.js',
  '@mapbox/vector-tile': '@mapbox/vector-tile/index.js',
  pbf: 'pbf/index.js',
  '@github/combobox-nav': '@github/combobox-nav/dist/index.js',
};
const FONT = '@fontsource-variable/source-sans-3';
const FONT_FILES = ['source-sans-3-latin-wght-normal.woff2', 'source-sans-3-latin-ext-wght-normal.woff2'];
const COMPRESSED = new Set(['.js', '.css', '.svg', '.txt']);

const files = new Map([
  ...(await readOwnFiles()),
  ...(await readPackageModules()),
  ['vendor/leaflet.css', await minify(await readPackage('leaflet/dist/leaflet.css'), 'css')],
  // The classic script, for the stand-alone file of viewer/folium_export.py; no page loads it.
  ['vendor/leaflet-classic.js', await readPackage('leaflet/dist/leaflet.js')],
  ...(await readFonts()),
  ['vendor/LICENCES.txt', await readLicences()],
]);
files.set('embed/messages.schema.json', await writeSchema());
const release = hashOf(files);
await writeRelease(release, files);
await writeManifest(await describeRelease(release));
await removeOtherReleases(release);
process.stdout.write(`viewer/built/${release}: ${files.size} files, ${kilobytes(files)} kB before compression\n`);

async function readOwnFiles() {
  const found = new Map();
  for (const name of await listFiles(STATIC)) {
    const content = await readFile(path.join(STATIC, name));
    const kind = path.extname(name).slice(1);
    found.set(name, kind === 'js' || kind === 'css' ? await minify(content, kind) : content);
  }
  return found;
}

/** The table that messages are checked against, for webmasters and their tools. */
async function writeSchema() {
  const { buildSchema } = await import('./static/js/base/message-schema.js');
  return Buffer.from(`${JSON.stringify(buildSchema('/embed/messages.schema.json'), null, 1)}\n`);
}

async function readPackageModules() {
  const found = new Map();
  for (const [name, file] of Object.entries(MODULES)) {
    found.set(vendorPath(name), await minify(await readPackage(file), 'js'));
  }
  return found;
}

async function readFonts() {
  const found = new Map();
  for (const name of FONT_FILES) found.set(`fonts/${name}`, await readPackage(`${FONT}/files/${name}`));
  return found;
}

/** The licences of what we pass on stand beside it, as their authors ask. */
async function readLicences() {
  const parts = [];
  for (const name of [...Object.keys(MODULES), FONT]) {
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

/** What a page needs: the import map, and for each entry its modules in the order of first import. */
async function describeRelease(name) {
  const imports = Object.fromEntries(Object.keys(MODULES).map((each) => [each, vendorPath(each)]));
  const entries = {};
  for (const entry of ENTRIES) entries[entry] = { module: `js/${entry}.js`, preload: await findImports(entry) };
  return { release: name, imports, entries, fonts: FONT_FILES.map((each) => `fonts/${each}`) };
}

async function findImports(entry) {
  const { metafile } = await esbuild.build({
    entryPoints: [path.join(STATIC, 'js', `${entry}.js`)],
    absWorkingDir: STATIC,
    bundle: true, format: 'esm', packages: 'external', metafile: true, write: false, logLevel: 'silent',
  });
  const own = findFirstModules(metafile.inputs, `js/${entry}.js`);
  const wanted = own.flatMap((name) => metafile.inputs[name].imports.filter((each) => each.external));
  const packages = new Set(wanted.map((each) => each.path));
  if (packages.has('@mapbox/vector-tile')) packages.add('@mapbox/point-geometry');
  return [...own.filter((each) => each !== `js/${entry}.js`), ...[...packages].map(vendorPath)];
}

/** The modules that an entry imports at once, and not those it may import() later. */
function findFirstModules(inputs, name, found = new Set()) {
  found.add(name);
  for (const { path: used, kind, external } of inputs[name].imports) {
    if (kind === 'import-statement' && !external && !found.has(used)) findFirstModules(inputs, used, found);
  }
  return [...found];
}

function vendorPath(name) {
  return `vendor/${name.split('/').at(-1)}.js`;
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
