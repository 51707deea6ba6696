"""The catalogue: SQLAlchemy models of schema `catalogue`, with GeoAlchemy2 for extents.

`layer.current_version` is the one pointer that publishing moves. Data tables are not modelled here: they
are made per version by `layers.loading` and read through `layers.source`.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Integer,
    MetaData,
    Text,
    UniqueConstraint,
    false,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY, DOUBLE_PRECISION, JSONB, TIMESTAMP
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

CATALOGUE = "catalogue"
DATA = "data"
VERSION_STATES = ("loaded", "published", "kept", "withdrawn", "dropped")
JOB_STATES = ("running", "loaded", "published", "rejected", "failed")

_Moment = TIMESTAMP(timezone=True)


class Base(DeclarativeBase):
    """Everything in the catalogue lives in one schema, with named constraints for Alembic."""

    metadata = MetaData(
        schema=CATALOGUE,
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        },
    )


class Layer(Base):
    """A layer the portal knows, published or not; `withdrawn_at` makes its URLs answer 410.

    `withdrawals` counts how often it was withdrawn, so that a process that looked away knows it has to forget.
    """

    __tablename__ = "layer"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    current_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("layer_version.id", use_alter=True, name="fk_layer_current_version_id")
    )
    created_at: Mapped[datetime] = mapped_column(_Moment, server_default=func.now())
    withdrawn_at: Mapped[datetime | None] = mapped_column(_Moment)
    withdrawals: Mapped[int] = mapped_column(Integer, server_default="0")

    current_version: Mapped[LayerVersion | None] = relationship(foreign_keys=[current_version_id])


class LayerVersion(Base):
    """One immutable load of a layer: its data table, what it came from, and how good it is.

    `content_token` is what the version is called while it is published; at other times another version with the
    same content may be called so, and `token` is its own.
    `changes` counts what is different from the version that was published when it was loaded.
    """

    __tablename__ = "layer_version"
    __table_args__ = (
        UniqueConstraint("layer_id", "number"),
        UniqueConstraint("layer_id", "token"),
        CheckConstraint("state IN ('loaded','published','kept','withdrawn','dropped')", name="state"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    layer_id: Mapped[str] = mapped_column(ForeignKey("layer.id"), index=True)
    number: Mapped[int] = mapped_column(Integer)
    token: Mapped[str] = mapped_column(Text)
    content_token: Mapped[str | None] = mapped_column(Text)
    table_name: Mapped[str] = mapped_column(Text)
    srid: Mapped[int] = mapped_column(Integer)
    row_count: Mapped[int] = mapped_column(BigInteger)
    extent: Mapped[Any | None] = mapped_column(
        Geometry("POLYGON", srid=4326, spatial_index=False), nullable=True
    )
    native_extent: Mapped[list[float] | None] = mapped_column(ARRAY(DOUBLE_PRECISION))
    source_name: Mapped[str] = mapped_column(Text)
    source_sha256: Mapped[str] = mapped_column(Text)
    state_date: Mapped[date]
    loaded_at: Mapped[datetime] = mapped_column(_Moment, server_default=func.now())
    operation: Mapped[str] = mapped_column(Text)
    operation_accuracy_m: Mapped[float | None]
    state: Mapped[str] = mapped_column(Text)
    manifest: Mapped[dict[str, Any]] = mapped_column(JSON)  # not JSONB, which forgets the order of columns
    quality: Mapped[dict[str, Any]] = mapped_column(JSONB)
    changes: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    grids: Mapped[list[str]] = mapped_column(ARRAY(Text))
    bands: Mapped[list[int]] = mapped_column(ARRAY(Integer), server_default="{}")
    has_pieces: Mapped[bool] = mapped_column(server_default=false())

    layer: Mapped[Layer] = relationship(foreign_keys=[layer_id])


class ImportJob(Base):
    """One run of `prostor layer import`, kept also when it failed."""

    __tablename__ = "import_job"
    __table_args__ = (
        CheckConstraint("state IN ('running','loaded','published','rejected','failed')", name="state"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    layer_id: Mapped[str] = mapped_column(Text, index=True)
    state: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(_Moment, server_default=func.now())
    finished_at: Mapped[datetime | None] = mapped_column(_Moment)
    who: Mapped[str] = mapped_column(Text)
    message: Mapped[str | None] = mapped_column(Text)
    version_id: Mapped[int | None] = mapped_column(ForeignKey("layer_version.id"))


class Audit(Base):
    """Who did what to which layer and when; rows are only ever added."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(_Moment, server_default=func.now())
    who: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    layer_id: Mapped[str] = mapped_column(Text, index=True)
    version_id: Mapped[int | None] = mapped_column(BigInteger)
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
