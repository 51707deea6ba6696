"""Statements that compare the tables of two versions of a layer, in SQLAlchemy Core.

Features are the same when their keys are. Columns come from the catalogue, values are bound; nothing is
executed here, running them is `changes`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, array

from gis import crs
from layers.table import GEOMETRY, KEY, LABEL, TITLE, build_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.geometry import GeometryKind
    from layers.catalogue import PublishedLayer
    from layers.manifest import Manifest

Kind = Literal["added", "removed", "geometry", "attributes"]
KINDS: tuple[Kind, ...] = ("added", "removed", "geometry", "attributes")
# The distance within which two features moved alike: distances of one datum change differ by decimetres.
_ALIKE_METRES = 0.5
_ALIKE_SHARE = 0.01
_CRS84_DIGITS = 7

Clause = sa.ColumnElement[bool]
# Where a walk through the changes stands: the key of a feature, and added, changed or removed.
Place = tuple[str, str]


@dataclass(frozen=True)
class Stored:
    """The rows of one version, whether or not it is published: what has to be known to compare them."""

    table_name: str
    srid: int
    manifest: Manifest
    row_count: int

    @classmethod
    def of(cls, layer: PublishedLayer) -> Stored:
        """Those of a version in the catalogue."""
        return cls(layer.table_name, layer.srid, layer.manifest, layer.row_count)


@dataclass(frozen=True)
class Pair:
    """Two versions side by side: the older as `b` (before), the newer as `a` (after)."""

    before: Stored
    after: Stored

    @cached_property
    def b(self) -> sa.FromClause:
        """The table of the older version."""
        stored = self.before
        return build_table(stored.table_name, stored.srid, stored.manifest).alias("b")

    @cached_property
    def a(self) -> sa.FromClause:
        """The table of the newer version."""
        stored = self.after
        return build_table(stored.table_name, stored.srid, stored.manifest).alias("a")

    @property
    def is_one_table(self) -> bool:
        """True when only wording differs: nothing has to be compared."""
        return self.before.table_name == self.after.table_name

    @property
    def has_one_key(self) -> bool:
        """True when keys of both mean the same; else no feature of one is a feature of the other."""
        return self.before.manifest.key == self.after.manifest.key

    @cached_property
    def shared_columns(self) -> tuple[str, ...]:
        """Columns that are published in both, in the order of the newer one."""
        return tuple(name for name in self.after.manifest.columns if name in self.before.manifest.columns)

    @property
    def kind(self) -> GeometryKind | None:
        """point, line or polygon; None when the versions differ in that."""
        kind = self.after.manifest.geometry.kind
        return kind if kind == self.before.manifest.geometry.kind else None


def count_shared(pair: Pair) -> sa.Select[Any]:
    """Features of both versions, counted by whether geometry and attributes differ: at most four rows."""
    counted: list[sa.ColumnElement[Any]] = [geometry_differs(pair), attributes_differ(pair), sa.func.count()]
    return sa.select(*counted).select_from(_joined(pair)).group_by(sa.text("1, 2"))


def measure_shift(pair: Pair) -> sa.Select[Any]:
    """By which vector most of the changed features moved, and how many of them moved by about that.

    The middle of a feature's box is measured, because a shift of all its vertices moves it by just that.
    """
    boxes = [
        (sa.func.ST_XMin(each) + sa.func.ST_XMax(each), sa.func.ST_YMin(each) + sa.func.ST_YMax(each))
        for each in (pair.b.c[GEOMETRY], pair.a.c[GEOMETRY])
    ]
    (x0, y0), (x1, y1) = boxes
    moved = _materialized(
        sa.select(((x1 - x0) * 0.5).label("x"), ((y1 - y0) * 0.5).label("y"))
        .select_from(_joined(pair))
        .where(geometry_differs(pair)),
        "moved",
    )
    middle = sa.select(
        *[sa.func.percentile_disc(0.5).within_group(moved.c[axis]).label(axis) for axis in ("x", "y")]
    ).cte("middle")
    reach = sa.func.greatest(_ALIKE_METRES, _ALIKE_SHARE * _length(middle.c.x, middle.c.y))
    alike = _length(moved.c.x - middle.c.x, moved.c.y - middle.c.y) <= reach
    return (
        sa.select(sa.func.count().filter(alike), middle.c.x, middle.c.y)
        .select_from(moved)
        .join(middle, sa.true())
        .group_by(middle.c.x, middle.c.y)
    )


def select_changes(
    pair: Pair, *, kind: Kind | None = None, after: Place | None = None, limit: int | None = None
) -> sa.Select[Any]:
    """Features that differ: what differs, by how much, geometry in CRS84, and values.

    In the order of keys; of two features that share theirs by chance the added one comes first. Both tables are
    read whole, as they lie, and only keys are sorted. That costs as much for one page as for all of them;
    a walk over many pages asks `select_next_changes`.
    """
    differing = _materialized(sa.union_all(*_of_kind(pair, kind, after)), "differing")
    found = sa.select(differing).order_by(differing.c.key, differing.c.change).limit(limit).cte("found")
    return _tell(pair, found)


def walk_keys(
    pair: Pair, *, kind: Kind | None = None, after: Place | None = None, limit: int
) -> tuple[sa.Select[Any], ...]:
    """Keys of the next features that differ: a statement for each table to be walked, the newer one first.

    Each walks along the index on the keys and stops when it has found enough.
    """
    walks = (each.order_by(each.selected_columns["key"]).limit(limit) for each in _of_kind(pair, kind, after))
    return tuple(walks)


def walk_up_to(walk: sa.Select[Any], key: str) -> sa.Select[Any]:
    """A walk that ends behind this key, however little it has found by then."""
    return walk.where(walk.selected_columns["key"] <= key)


def select_found(pair: Pair, found: Sequence[Sequence[Any]], limit: int) -> sa.Select[Any]:
    """As `select_changes`, of features that walks have found: the first ones in the order of keys."""
    kinds: dict[str, Any] = {
        "key": sa.Text,
        "change": sa.Text,
        "geometry": sa.Boolean,
        "attributes": sa.Boolean,
    }
    columns: list[Any] = [
        sa.cast([row[place] for row in found], sa.ARRAY(kind)) for place, kind in enumerate(kinds.values())
    ]
    told: list[Any] = [sa.column(name, kind) for name, kind in kinds.items()]
    given = sa.select(sa.func.unnest(*columns).table_valued(*told, name="given").render_derived())
    ordered = given.order_by(given.selected_columns["key"], given.selected_columns["change"]).limit(limit)
    return _tell(pair, ordered.cte("found"))


def _tell(pair: Pair, found: sa.CTE) -> sa.Select[Any]:
    """Everything that is told of the features found; geometry and values are read for these alone."""
    b, a = pair.b, pair.a
    return (
        sa.select(
            found.c.key,
            found.c.change,
            found.c.geometry,
            found.c.attributes,
            sa.case((found.c.change == "removed", b.c[TITLE]), else_=sa.func.coalesce(a.c[TITLE], b.c[TITLE])),
            sa.case((found.c.geometry, _size_difference(pair))),
            sa.case((found.c.geometry, _label_distance(pair))),
            sa.case((found.c.change == "removed", _geojson(pair.before, b)), else_=_geojson(pair.after, a)),
            _values(b, pair.before.manifest.columns),
            _values(a, pair.after.manifest.columns),
            _flags(pair),
        )
        .select_from(found)
        .outerjoin(b, b.c[KEY] == found.c.key)
        .outerjoin(a, a.c[KEY] == found.c.key)
        .order_by(found.c.key, found.c.change)
    )


def geometry_differs(pair: Pair) -> Clause:
    """The stored bytes are not the same, NULL being like NULL.

    Images of the rows are compared first, which is a memcmp; only where they differ the coordinates decide.
    """
    b, a = pair.b.c[GEOMETRY], pair.a.c[GEOMETRY]
    images = sa.func.record_image_ne(sa.func.row(b), sa.func.row(a), type_=sa.Boolean)
    return sa.and_(images, sa.func.ST_AsEWKB(b).is_distinct_from(sa.func.ST_AsEWKB(a)))


def attributes_differ(pair: Pair) -> Clause:
    """A column that is published in both holds another value."""
    return sa.or_(sa.false(), *(_differs(pair, name) for name in pair.shared_columns))


def _of_kind(pair: Pair, kind: Kind | None, place: Place | None) -> list[sa.Select[Any]]:
    """Keys of the features that differ so, behind this place; one part for each table looked through."""
    added = _only_in(pair.a, pair.b, "added", has_one_key=pair.has_one_key)
    removed = _only_in(pair.b, pair.a, "removed", has_one_key=pair.has_one_key)
    if kind is None:
        first = _new_or_changed(pair) if pair.has_one_key else added
        return [_behind(first, pair.a, place, "added"), _behind(removed, pair.b, place, "removed")]
    if kind == "added":
        return [_behind(added, pair.a, place, kind)]
    if kind == "removed":
        return [_behind(removed, pair.b, place, kind)]
    condition = geometry_differs(pair) if kind == "geometry" else attributes_differ(pair)
    return [_behind(_changed(pair, condition), pair.a, place, "changed")]


def _behind(selected: sa.Select[Any], table: sa.FromClause, place: Place | None, change: str) -> sa.Select[Any]:
    """What comes after a place: by the key alone, so that an index is entered there.

    Only versions with different keys tell one key twice: added first, then removed.
    """
    if place is None:
        return selected
    key, told = place
    return selected.where(table.c[KEY] >= key if change > told else table.c[KEY] > key)


def _only_in(
    these: sa.FromClause, others: sa.FromClause, change: Literal["added", "removed"], *, has_one_key: bool
) -> sa.Select[Any]:
    key = these.c[KEY]
    selected = _keys(key, sa.literal_column(f"'{change}'"), sa.false(), sa.false())
    if not has_one_key:
        return selected
    twin = sa.select(sa.literal(1)).select_from(others).where(others.c[KEY] == key).correlate(these).exists()
    return selected.where(~twin)


def _changed(pair: Pair, condition: Clause) -> sa.Select[Any]:
    change: sa.ColumnElement[str] = sa.literal_column("'changed'")
    selected = _keys(pair.a.c[KEY], change, geometry_differs(pair), attributes_differ(pair))
    return selected.select_from(_joined(pair)).where(condition)


def _new_or_changed(pair: Pair) -> sa.Select[Any]:
    """Added and changed features in one reading of the newer table."""
    old, new = pair.b.c[KEY], pair.a.c[KEY]
    shared, geometry, attributes = old.is_not(None), geometry_differs(pair), attributes_differ(pair)
    change = sa.case((old.is_(None), "added"), else_="changed")
    return (
        _keys(new, change, sa.and_(shared, geometry), sa.and_(shared, attributes))
        .select_from(sa.outerjoin(pair.a, pair.b, old == new))
        .where(sa.or_(old.is_(None), geometry, attributes))
    )


def _keys(key: Any, change: Any, geometry: Any, attributes: Any) -> sa.Select[Any]:
    labels = ("key", "change", "geometry", "attributes")
    return sa.select(
        *[each.label(name) for each, name in zip((key, change, geometry, attributes), labels, strict=True)]
    )


def _materialized(statement: sa.Select[Any] | sa.CompoundSelect[Any], name: str) -> sa.CTE:
    return statement.cte(name).prefix_with("MATERIALIZED", dialect="postgresql")


def _joined(pair: Pair) -> sa.Join:
    same = sa.and_(pair.b.c[KEY] == pair.a.c[KEY], sa.true() if pair.has_one_key else sa.false())
    return sa.join(pair.b, pair.a, same)


def _differs(pair: Pair, name: str) -> Clause:
    """Values of another type than before are compared as they are written."""
    b, a = pair.b.c[name], pair.a.c[name]
    if pair.before.manifest.columns[name].type != pair.after.manifest.columns[name].type:
        return sa.cast(b, sa.Text).is_distinct_from(sa.cast(a, sa.Text))
    return b.is_distinct_from(a)


def _flags(pair: Pair) -> sa.ColumnElement[Any]:
    return array([_differs(pair, name) for name in pair.shared_columns], type_=sa.Boolean)


def _values(table: sa.FromClause, names: Sequence[str] | Any) -> sa.ColumnElement[Any]:
    """The published values in one array: a select list may have 1,664 entries only."""
    return array([sa.func.to_jsonb(table.c[name], type_=JSONB) for name in names], type_=JSONB)


def _size_difference(pair: Pair) -> sa.ColumnElement[Any]:
    b, a = pair.b.c[GEOMETRY], pair.a.c[GEOMETRY]
    if pair.kind == "polygon":
        return sa.func.ST_Area(a) - sa.func.ST_Area(b)
    if pair.kind == "line":
        return sa.func.ST_Length(a) - sa.func.ST_Length(b)
    return sa.cast(sa.null(), sa.Double)


def _label_distance(pair: Pair) -> sa.ColumnElement[Any]:
    """How far the label point moved; the true largest displacement would cost seconds per large feature."""
    before: Any = pair.b.c[LABEL]
    if pair.before.srid != pair.after.srid:
        before = sa.func.ST_Transform(before, pair.after.srid)
    return sa.func.ST_Distance(before, pair.a.c[LABEL])


def _geojson(stored: Stored, table: sa.FromClause) -> sa.ColumnElement[Any]:
    """The geometry in CRS84 as RFC 7946 wants it: rings counter-clockwise, seven digits."""
    geometry: Any = sa.func.ST_Transform(table.c[GEOMETRY], crs.WGS84)
    if stored.manifest.geometry.kind == "polygon":
        geometry = sa.func.ST_ForcePolygonCCW(geometry)
    return sa.func.ST_AsGeoJSON(geometry, _CRS84_DIGITS, 0)


def _length(x: Any, y: Any) -> Any:
    return sa.func.sqrt(x * x + y * y)
