"""Load tables into DuckDB, gaps as rows. One of the four places that act on the world."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from collectors.kubernetes.kinds import group_of, name_of
from collectors.tables.coverage import ANY_KIND, Gap
from collectors.tables.schema import ClusterContext, Table

ARROW_TYPES = {
    "VARCHAR": pa.string(),
    "BOOLEAN": pa.bool_(),
    "BIGINT": pa.int64(),
    "TIMESTAMP": pa.timestamp("us"),
    "VARCHAR[]": pa.list_(pa.string()),
}


def connect() -> duckdb.DuckDBPyConnection:
    """An in-memory engine with fixed settings: no files, no network, no extensions, binary collation."""
    return duckdb.connect(
        config={
            "enable_external_access": "false",
            "autoload_known_extensions": "false",
            "autoinstall_known_extensions": "false",
            "preserve_insertion_order": "false",
            "temp_directory": "",
        }
    )


def arrow(table: Table, rows: Sequence[Any]) -> pa.Table:
    """The rows as columns, typed as the row class declares; instants become UTC without a zone."""
    columns = list(zip(*rows, strict=True)) if rows else [() for _ in table.fields]
    arrays = [
        pa.array(_plain(column) if field.sql_type == "TIMESTAMP" else column, type=ARROW_TYPES[field.sql_type])
        for field, column in zip(table.fields, columns, strict=True)
    ]
    return pa.table(arrays, names=[field.name for field in table.fields])


def load(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    rows: pa.Table,
    gaps: Sequence[Gap],
    clusters: Mapping[str, ClusterContext],
) -> list[str]:
    """Create the table with `rid`, `cid`, `phantom` and `gap` beside its columns, seen rows first.

    Returns the columns that hold no NULL.
    """
    phantoms = arrow(table, [phantom(table, gap, clusters[gap.cluster]) for gap in gaps])
    seen = len(rows)
    whole = pa.concat_tables([rows, phantoms]) if gaps else rows
    numbers = np.arange(len(whole))
    cluster_ids = pc.index_in(whole.column("cluster"), value_set=pa.array(list(clusters), pa.string()))
    whole = whole.append_column("rid", pa.array(numbers))
    whole = whole.append_column("cid", cluster_ids)
    whole = whole.append_column("phantom", pa.array(numbers >= seen))
    numbers_of_gaps = pa.concat_arrays([pa.nulls(seen, pa.int32()), pa.array([gap.number for gap in gaps], pa.int32())])
    whole = whole.append_column("gap", numbers_of_gaps)
    connection.register("incoming", whole)
    connection.execute(f'create table "{table.name}" as select * from incoming')
    connection.unregister("incoming")
    return [field.name for field in table.fields if whole.column(field.name).null_count == 0]


def phantom(table: Table, gap: Gap, cluster: ClusterContext) -> tuple[Any, ...]:
    """The row that stands for whatever a gap may hide: what is known of it filled in, the rest NULL."""
    name, any_group = name_of(gap.kind), gap.kind == ANY_KIND
    known = {
        "cluster": gap.cluster,
        "namespace": gap.namespace,
        "kind": None if name == ANY_KIND else name,
        "api_group": None if any_group else group_of(gap.kind),
        "basis": cluster.basis,
    }
    return tuple(
        _surrogate(table, gap, cluster, field.column.owner)
        if field.column.identity or field.column.owner
        else known.get(field.name)
        for field in table.fields
    )


def _surrogate(table: Table, gap: Gap, cluster: ClusterContext, owner: str | None) -> str | None:
    """The key of an unseen row: a name of its own, its seen owner's, or NULL when it may belong to any."""
    unseen = f"~unseen {gap.kind} in {gap.namespace or 'the cluster'}"
    if owner is None:
        return unseen
    if gap.owner is not None:
        return gap.owner
    if gap.table != table.name:
        return unseen if gap.table == owner else None
    return None if cluster.basis == "running" and gap.kind in table.completed_by else unseen


def gaps_of(table: Table, gaps: Iterable[Gap], tables: Mapping[str, Table]) -> list[Gap]:
    """The gaps that leave a table incomplete: its own, or for a derived table those of all its inputs."""
    inputs = set(base_inputs(table, tables))
    return [gap for gap in gaps if gap.table in inputs]


def base_inputs(table: Table, tables: Mapping[str, Table]) -> Iterator[str]:
    """The base tables that a table is made from: itself, or those behind all its inputs."""
    if not table.derived_from:
        yield table.name
    for name in table.derived_from:
        yield from base_inputs(tables[name], tables)


def _plain(column: Iterable[datetime | None]) -> list[datetime | None]:
    return [value.astimezone(UTC).replace(tzinfo=None) if value and value.tzinfo else value for value in column]
