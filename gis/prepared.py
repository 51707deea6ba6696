"""Statements asked thousands of times: planned once in each connection, and sent without detours.

A small tile takes PostgreSQL a few tenths of a millisecond, and psycopg's cursor, which looks at the whole
statement for every use, half as long again. So libpq is asked directly: one round trip without a transaction
around it, and one statement is one snapshot. Values are only bound.
"""

from __future__ import annotations

import itertools
import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from psycopg import OperationalError, errors
from psycopg.pq import DiagnosticField, ExecStatus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from psycopg import Connection
    from psycopg.pq.abc import PGconn, PGresult

    Value = str | int | float | Sequence[int]
    # What stands in a row, in binary form.
    Row = tuple[bytes | None, ...]

_PLACEHOLDER = re.compile(r"%(?:\((\w+)\)s|%)")
# Types of pg_type.dat; whatever is bound as a text says in the statement what it stands for.
_TYPES: dict[type, int] = {int: 23, float: 701}
_BINARY = 1
# As many plans as one connection keeps, the least recently used dropped first.
_MAX_PLANS = 200
# Of all connections together, so that no session behind a pooler is told the same name twice.
_numbers = itertools.count(1)
_plans: WeakKeyDictionary[Connection[tuple[object, ...]], _Plans] = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class Statement:
    """A statement with numbers in place of names; `names` are the values it is asked with, in order."""

    text: bytes
    names: tuple[str, ...]


def parse_statement(text: str) -> Statement:
    """A statement that names its values as `%(name)s`, as psycopg reads it."""
    names: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        return f"${names.setdefault(found[1], len(names) + 1)}" if found[1] else "%"

    numbered = _PLACEHOLDER.sub(number, text)
    return Statement(numbered.encode(), tuple(names))


def read_rows(
    connection: Connection[tuple[object, ...]], statement: Statement, values: Mapping[str, Value]
) -> Sequence[Row]:
    """The rows, every value in PostgreSQL's binary form. Raises psycopg's errors.

    The connection must be one without transactions (autocommit), and nobody else may use it meanwhile. A value
    must have the same type every time: int, float, or a text or a list that the statement casts.
    """
    bound = [values[name] for name in statement.names]
    plans = _plans.get(connection)
    if plans is None:
        plans = _plans[connection] = _Plans(connection.pgconn)
    try:
        result = plans.ask(statement, bound)
    except errors.InvalidSqlStatementName:
        # Somebody threw the plans away: DEALLOCATE ALL, or a pooler that gave us another session.
        plans.forget()
        result = plans.ask(statement, bound)
    columns = range(result.nfields)
    return [tuple([result.get_value(row, column) for column in columns]) for row in range(result.ntuples)]


class _Plans:
    """The statements that one connection has prepared, by their text."""

    def __init__(self, pgconn: PGconn) -> None:
        self._pgconn = pgconn
        self._names: OrderedDict[bytes, bytes] = OrderedDict()

    def ask(self, statement: Statement, bound: Sequence[Value]) -> PGresult:
        name = self._find_or_make(statement, bound)
        written = [_write(each) for each in bound]
        return self._checked(self._pgconn.exec_prepared(name, written, None, _BINARY))

    def forget(self) -> None:
        """What was prepared is there no more. Names are not used a second time."""
        self._names.clear()

    def _find_or_make(self, statement: Statement, bound: Sequence[Value]) -> bytes:
        name = self._names.get(statement.text)
        if name is not None:
            self._names.move_to_end(statement.text)
            return name
        if len(self._names) >= _MAX_PLANS:
            _, oldest = self._names.popitem(last=False)
            self._checked(self._pgconn.exec_(b"DEALLOCATE " + oldest))
        name = b"prostor_%d" % next(_numbers)
        types = [_TYPES.get(type(each), 0) for each in bound]
        self._checked(self._pgconn.prepare(name, statement.text, types))
        self._names[statement.text] = name
        return name

    def _checked(self, result: PGresult) -> PGresult:
        if result.status in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
            return result
        # What libpq itself has to say has no code of PostgreSQL: the connection is lost.
        if result.error_field(DiagnosticField.SQLSTATE) is None:
            raise OperationalError(result.get_error_message())
        raise errors.error_from_result(result)


def _write(value: Value) -> bytes:
    """In PostgreSQL's text form, from which a float is read back exactly."""
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, int | float):
        return repr(value).encode()
    return f"{{{','.join(map(repr, value))}}}".encode()
