"""Many rows at once, past what the toolkit does for each of them: the statement is made once, values column by column."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.sql.schema import CallableColumnDefault, ScalarElementColumnDefault


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all name the same columns; a column not named takes its default."""
    if not rows:
        return
    names = list(rows[0])
    dialect = connection.dialect
    values: list[list[Any]] = []
    for name in names:
        process = table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
        found = [row[name] for row in rows]
        values.append([process(each) for each in found] if process else found)
    for column in table.c:
        if column.name not in rows[0] and isinstance(
            column.default, ScalarElementColumnDefault | CallableColumnDefault
        ):
            told: Any = column.default.arg
            process = column.type.dialect_impl(dialect).bind_processor(dialect)
            default = told(None) if callable(told) else told
            names.append(column.name)
            values.append([process(default) if process else default] * len(rows))
    quote = dialect.identifier_preparer.quote
    statement = (
        f"INSERT INTO {quote(table.name)} ({', '.join(map(quote, names))}) "  # noqa: S608 - names of our own tables
        f"VALUES ({', '.join('?' * len(names))})"
    )
    connection.exec_driver_sql(statement, list(zip(*values, strict=True)))


_BLOCK = 5000


def present(connection: Connection, table: Table, ids: Sequence[str]) -> list[str]:
    """Return which of these ids a table has."""
    quote = connection.dialect.identifier_preparer.quote
    found: list[str] = []
    for start in range(0, len(ids), _BLOCK):
        block = tuple(ids[start : start + _BLOCK])
        statement = f"SELECT id FROM {quote(table.name)} WHERE id IN ({', '.join('?' * len(block))})"  # noqa: S608 - as above
        found.extend(row[0] for row in connection.exec_driver_sql(statement, block))
    return found
