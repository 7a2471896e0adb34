"""Many rows at once, past what the toolkit does for each of them: the statement is made once, values column by column."""

from collections.abc import Container, Mapping, Sequence
from itertools import chain
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.sql.schema import CallableColumnDefault, ScalarElementColumnDefault

_BLOCK = 5000
_TOGETHER = 40
"""A statement's own beginning and end cost as much as a row."""


def insert_rows(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    alike: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    """Insert rows that all name the same columns; `alike` is in each of them, a column not named takes its default."""
    if not rows:
        return
    columns = {}
    for name in rows[0]:
        process = table.c[name].type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
        found = [row[name] for row in rows]
        # Most days are open in every row: nothing is made of a column that nobody filled.
        if process and any(value is not None for value in found):
            found = list(map(process, found))
        columns[name] = found
    insert_columns(connection, table, columns, alike)


def insert_columns(
    connection: Connection,
    table: Table,
    columns: Mapping[str, Sequence[Any]],
    alike: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    """Insert rows as `insert_rows` does, from values as the file has them, column by column."""
    count = len(next(iter(columns.values())))
    # Of a column that nobody filled there is nothing to say.
    told = {
        name: values
        for name, values in columns.items()
        if table.c[name].server_default is not None or any(value is not None for value in values)
    }
    for name, value in _alike(connection, table, columns, alike).items():
        told[name] = [value] * count
    insert(connection, table, list(told), list(zip(*told.values(), strict=True)))


def _alike(
    connection: Connection, table: Table, named: Container[str], alike: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what every row says in the columns that it does not name, as the file has it."""
    found = {}
    for column in table.c:
        if column.name in named:
            continue
        told: Any
        if column.name in alike:
            told = alike[column.name]
        elif isinstance(column.default, ScalarElementColumnDefault | CallableColumnDefault):
            told = column.default.arg
            told = told(None) if callable(told) else told
        else:
            continue
        process = column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
        found[column.name] = process(told) if process else told
    return found


def insert(
    connection: Connection, table: Table, names: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert rows of values as the file has them, in the order of these columns; many with each statement."""
    quote = connection.dialect.identifier_preparer.quote
    into = f"INSERT INTO {quote(table.name)} ({', '.join(map(quote, names))}) VALUES "  # noqa: S608 - names of our own tables
    row = f"({', '.join('?' * len(names))})"
    whole = len(rows) - len(rows) % _TOGETHER
    if whole:
        groups = [tuple(chain.from_iterable(rows[at : at + _TOGETHER])) for at in range(0, whole, _TOGETHER)]
        connection.exec_driver_sql(into + ", ".join([row] * _TOGETHER), groups)
    if whole < len(rows):
        connection.exec_driver_sql(into + row, list(rows[whole:]))


def present(connection: Connection, table: Table, ids: Sequence[str]) -> list[str]:
    """Return which of these ids a table has."""
    quote = connection.dialect.identifier_preparer.quote
    found: list[str] = []
    for start in range(0, len(ids), _BLOCK):
        block = tuple(ids[start : start + _BLOCK])
        statement = f"SELECT id FROM {quote(table.name)} WHERE id IN ({', '.join('?' * len(block))})"  # noqa: S608 - as above
        found.extend(row[0] for row in connection.exec_driver_sql(statement, block))
    return found
