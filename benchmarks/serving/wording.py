"""The sentences of the report that do not depend on figures."""

HEAD = """\
# How fast tiles are

`make bench`, or `python -m benchmarks.serving{arguments}`, wrote this page on {date}: {parcels:,} made-up
parcels, {lines:,} made-up utility lines{real}, one PostGIS, every server over HTTP on the same
machine as the client.
{caution}"""
READING = """\
## How to read it

Only ratios of one run mean anything. Servers run one at a time, each first in another round; rates are the
median of all rounds. **Cold**: distinct tiles, each asked for once; caches on disk and of peers
are off. **Warm**: the same tiles again, caches on. **Mixed**: tiles of all zooms by a Zipf
distribution, caches on and empty at first. A cell is good answers a second · median / 99th percentile of the
wait in milliseconds. Every request accepts gzip and nothing else, because that is what all servers speak.

Everybody gets two workers (Martin two threads, MapServer eight FastCGI processes, nginx in front of it two),
eight connections to PostGIS with `jit=off` and no parallel workers, the same columns, a buffer of 64 units of
4096 and a cap of 200,000 features a tile. Peers read tables of their own with only these columns, in the
order Prostor stores them, with primary key, GiST index and fresh statistics: the native geometry (EPSG:3794),
and in the rows named `3857` a table in the tiles' own CRS, so that nothing has to be transformed. Martin's
cache is its makers' default size. tipg and MapServer have none; in practice a proxy's cache stands before
them, and then the row *nginx static* is what is warm. MapServer does not compress, so nginx does (level 6).
pg_tileserv's module is not served by Go's proxy: its statement is run by our own threads, without HTTP and
without compression, so its rows flatter it.
"""
AIMS = """\
Cold at least twice the best peer; warm and mixed at least every peer; the shim at least half of nginx with
files on one processor; compressed bytes no more than the smallest peer that sends the same. The best peer is
the quickest server whatever it leaves out, see *Content*. pg_tileserv's bare statement is no server: the row
*× bare statement* sets us against SQL without HTTP and compression.
"""
CONTENT = """\
Some tiles of every zoom, decoded and held against PostGIS' exact geometry. *Expected* features touch the
tile; *missing large* ones of them are half a CSS pixel (8 units) wide or more, *missing small* ones less;
*missing in buffer* ones touch only the 64 units around the tile, which strokes at its edge need; *extra* ones
touch neither. *Wrong* have other properties than the table, compared as text. *Invalid* polygons break the
rules of OGC simple features in tile units.
"""
REASONS = {
    "prostor": "leaves out polygons under half a pixel and lines under a quarter, never in the deepest tiles; "
    "its buffer grows with the style's strokes and circles, which is what is extra.",
    "martin": "asks a table in a national CRS without a margin, so neighbours in the buffer are missing; "
    "from a 3857 table they are there.",
    "tipg": "never asks for the buffer that it declares; sends no feature ids, which makes its tiles smaller; "
    "rows are sorted by primary key; the cap is silent.",
    "mapserver": "asks for no buffer either, does not mend shapes, and drops those that collapse to fewer than "
    "four corners; numbers are texts unless a type is configured, as it is here.",
    "pg_tileserv (its SQL)": "asks with a margin and an exact intersection; beyond its cap it drops features "
    "in no order.",
}
