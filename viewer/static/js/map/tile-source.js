// Where the tiles of one theme in one grid come from: TileJSON, requests that several canvases share, and a
// memory of decoded tiles. A request nobody waits for any more is aborted.

import { fetchJson } from '../base/requests.js';
import { EMPTY_TILE, TileContent } from './tile-content.js';

const REMEMBERED_TILES = 400;
// Of a tile within the zooms of its TileJSON: the version is no longer kept, or the layer was withdrawn.
const GONE = [404, 410];

export class TileSource {
  constructor(tileJsonAddress) {
    this._address = tileJsonAddress;
    this._description = null;
    this._tiles = new Map();
  }

  /** TileJSON, read once; a failure is forgotten so that the next question tries again. */
  describe() {
    this._description ??= fetchJson(this._address).catch((problem) => {
      this._description = null;
      throw problem;
    });
    return this._description;
  }

  /** A share in one tile: `content` is a promise, `release` says that the asker no longer wants it. */
  lease(z, x, y) {
    const key = `${z}/${x}/${y}`;
    const tile = this._tiles.get(key) ?? this._request(key, { z, x, y });
    this._tiles.delete(key);
    this._tiles.set(key, tile);
    tile.users += 1;
    let held = true;
    return {
      content: tile.content,
      release: () => {
        if (held) this._release(key, tile);
        held = false;
      },
    };
  }

  _request(key, numbers) {
    const controller = new AbortController();
    const tile = { users: 0, finished: false, isWhole: true, controller, content: null };
    tile.content = this._fetch(numbers, controller.signal).then(
      (content) => {
        tile.finished = true;
        tile.isWhole = content.missing.length === 0;
        return content;
      },
      (problem) => {
        if (this._tiles.get(key) === tile) this._tiles.delete(key);
        throw problem;
      },
    );
    this._tiles.set(key, tile);
    return tile;
  }

  async _fetch(numbers, signal) {
    const described = await this.describe();
    if (signal.aborted || numbers.z < described.minzoom || numbers.z > described.maxzoom) return EMPTY_TILE;
    let response = await fetch(addressOf(described, numbers), { signal });
    if (GONE.includes(response.status)) {
      const current = await this._describeAnew(described);
      if (current.tiles[0] !== described.tiles[0]) response = await fetch(addressOf(current, numbers), { signal });
    }
    if (response.status === 204) return EMPTY_TILE;
    if (!response.ok) throw new Error(`${addressOf(described, numbers)}: status ${response.status}`);
    return new TileContent(await response.arrayBuffer(), {
      truncated: namedLayers(response, 'X-Features-Truncated'),
      missing: namedLayers(response, 'X-Layers-Missing'),
    });
  }

  /** TileJSON of now, for the page outlived the version it was told of. Many tiles notice it; one asks. */
  async _describeAnew(known) {
    const current = await this.describe();
    if (current !== known) return current;
    this._description = null;
    return this.describe();
  }

  _release(key, tile) {
    tile.users -= 1;
    if (tile.users > 0) return;
    if (!tile.finished || !tile.isWhole) {
      tile.controller.abort();
      if (this._tiles.get(key) === tile) this._tiles.delete(key);
      return;
    }
    this._forgetOldest();
  }

  _forgetOldest() {
    for (const [key, tile] of this._tiles) {
      if (this._tiles.size <= REMEMBERED_TILES) return;
      if (tile.users === 0) this._tiles.delete(key);
    }
  }
}

function addressOf({ tiles }, { z, x, y }) {
  return tiles[0].replace('{z}', z).replace('{x}', x).replace('{y}', y);
}

/** The header names each as `layer`, or `layer;max=number`, with commas between. */
function namedLayers(response, header) {
  const named = response.headers.get(header);
  return named ? named.split(',').map((each) => each.split(';')[0].trim()) : [];
}
