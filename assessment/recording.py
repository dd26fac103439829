"""Write tables and results as Parquet: whole folders at once, so that a crash leaves the last good state."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq


def as_columns(rows: Iterable[Any], columns: Mapping[str, pa.DataType]) -> pa.Table:
    """Dataclasses or mappings as Arrow, in the order and types of `columns`; decimals become doubles."""
    plain = [row if isinstance(row, Mapping) else _fields(row) for row in rows]
    arrays = [pa.array([_number(row[name]) for row in plain], type=kind) for name, kind in columns.items()]
    return pa.table(arrays, names=list(columns))


def write_folder(folder: Path, tables: Mapping[str, pa.Table]) -> None:
    """Put one Parquet file a table into `folder`, replacing what was there in one step."""
    fresh, former = folder.with_name(folder.name + ".partial"), folder.with_name(folder.name + ".former")
    for leftover in (fresh, former):
        shutil.rmtree(leftover, ignore_errors=True)
    fresh.mkdir(parents=True)
    for name, table in tables.items():
        pq.write_table(table.replace_schema_metadata(None), fresh / f"{name}.parquet", compression="zstd")
    if folder.exists():
        folder.replace(former)
    fresh.replace(folder)
    shutil.rmtree(former, ignore_errors=True)


def columns(text: str) -> dict[str, pa.DataType]:
    """Column types from "name, count int, share double, parts list": text where nothing is said."""
    kinds: dict[str, pa.DataType] = {
        "": pa.string(),
        "int": pa.int64(),
        "double": pa.float64(),
        "list": pa.list_(pa.string()),
    }
    pairs: Sequence[tuple[str, str, str]] = [entry.strip().partition(" ") for entry in text.split(",")]
    return {name: kinds[kind] for name, _, kind in pairs}


def _fields(row: Any) -> dict[str, Any]:
    return {field.name: getattr(row, field.name) for field in dataclasses.fields(row)}


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value
