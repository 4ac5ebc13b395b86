"""Ask a study's rows a question in SQL: `cases` and `failures` as DuckDB tables, nothing else within reach.

Imported only when asked: DuckDB is an extra. The tables are read first; then files, network, extensions and
settings are closed, so that a query can neither read nor write anything but the study.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from energysim.casebook import Casebook
from energysim.errors import InputError, not_installed

try:
    import duckdb
except ImportError:
    raise not_installed("DuckDB", "query") from None

QUESTIONS = ("SELECT", "EXPLAIN")
CLOSED = (
    "SET temp_directory = ''",
    "SET enable_external_access = false",
    "SET python_enable_replacements = false",
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET lock_configuration = true",
)


def query(study: Casebook | Path | str, sql: str) -> pd.DataFrame:
    """The answer to one SELECT over `cases` (key, labels, findings) and `failures` (key, labels, error).

    Raises InputError, with one line, where the study or the query is wrong.
    """
    try:
        sql.encode()
    except UnicodeEncodeError:
        raise InputError("the query holds bytes that are no text; write it in UTF-8") from None
    book = study if isinstance(study, Casebook) else Casebook.open(study)
    tables = {"cases": book.table(), "failures": book.failures_table()}
    with duckdb.connect(":memory:") as connection:
        for name, table in tables.items():
            connection.register("arrow_rows", table)
            connection.execute(f"CREATE TABLE {name} AS SELECT * FROM arrow_rows")
            connection.unregister("arrow_rows")
        for setting in CLOSED:
            connection.execute(setting)
        try:
            statements = connection.extract_statements(sql)
            if len(statements) != 1 or statements[0].type.name not in QUESTIONS:
                raise InputError('the query must be one SELECT, such as "select * from cases limit 10"')
            answer: pd.DataFrame = connection.execute(statements[0]).df()
        except (duckdb.BinderException, duckdb.CatalogException) as error:
            known = "; ".join(f"{name}: {', '.join(table.column_names)}" for name, table in tables.items())
            raise InputError(f"the query fails: {_one_line(error)}; there is {known}") from None
        except duckdb.Error as error:
            raise InputError(f"the query fails: {_one_line(error)}") from None
    return answer


def _one_line(error: Exception) -> str:
    """DuckDB's complaint without its drawing of the query."""
    text = str(error).partition("\nLINE ")[0].partition("\nCandidate ")[0].partition("\nDid you mean")[0]
    return " ".join(text.split())
