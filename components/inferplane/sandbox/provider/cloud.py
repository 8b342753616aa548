"""The pretend cloud: what lives in one sandbox, in an SQLite file that all provider processes share.

Tests read it with `Cloud(path).resources()` and change it behind the engine's back with
`Cloud(path).change(...)` and `Cloud(path).remove(...)`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from .records import COLUMNS, CloudResource, Identity, Reference, from_row, to_row

__all__ = ["AlreadyExistsError", "Cloud", "CloudResource", "Identity", "Reference"]

_SCHEMA = """
create table if not exists resources(
    key integer primary key, package text, type text, scope text, id text, arn text, name text, urn text,
    region text, seed text, inputs text, outputs text, unique(type, scope, id));
create table if not exists identities(
    value text, kind text, scope text, resource integer references resources on delete cascade);
create index if not exists identities_value on identities(value);
create index if not exists identities_resource on identities(resource);
create table if not exists refs(
    path text, value text, resource integer references resources on delete cascade);
create index if not exists refs_value on refs(value);
create index if not exists refs_resource on refs(resource);
create table if not exists births(urn text primary key, number integer);
create table if not exists planned(run text, value text, kind text, scope text);
create index if not exists planned_value on planned(run, value);
"""
_BUSY_SECONDS = 60.0  # how long a process waits for another one's write


class AlreadyExistsError(Exception):
    """A second resource of the same type, scope and id."""


class Cloud:
    """The pretend cloud kept in one file; a relative or missing file is made when needed."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.touch(mode=0o600)  # it holds secrets, as a cloud does
        self._db = sqlite3.connect(
            self.path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        # Durability is worth nothing here: a pretend cloud that a crash loses is made again.
        self._db.executescript(
            f"pragma journal_mode=wal; pragma synchronous=off; pragma foreign_keys=on;{_SCHEMA}"
        )

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._db.execute("begin immediate")
        try:
            yield
        except BaseException:
            self._db.execute("rollback")
            raise
        self._db.execute("commit")

    # --- reading

    def resources(self, *, package: str | None = None, type: str | None = None) -> list[CloudResource]:  # noqa: A002
        """The live resources in the order of their creation, with their references."""
        rows = self._db.execute(
            f"select {COLUMNS} from resources where coalesce(?1, package) = package"  # noqa: S608
            " and coalesce(?2, type) = type order by key",
            (package, type),
        ).fetchall()
        return [self._with_references(from_row(row)) for row in rows]

    def find(self, type: str, id: str, scope: str | None = None) -> CloudResource | None:  # noqa: A002
        """The live resource of a type and id; `scope` may be left out where the id is unique."""
        row = self._db.execute(
            f"select {COLUMNS} from resources where type = ? and id = ?"  # noqa: S608
            " and scope = coalesce(?, scope)",
            (type, id, scope),
        ).fetchone()
        return from_row(row) if row else None

    def of_identity(self, value: str, kinds: Iterable[str] = ()) -> CloudResource | None:
        """The live resource behind `value` (an id, ARN or name), of one of `kinds` if any are given."""
        wanted = set(kinds)
        rows = self._db.execute(
            f"select {COLUMNS} from resources where key in"  # noqa: S608
            " (select resource from identities where value = ?)",
            (value,),
        )
        found = (from_row(row) for row in rows)
        return next((each for each in found if not wanted or each.type in wanted), None)

    def identities(self, value: str) -> list[Identity]:
        """Everything that exists under the name, id or ARN `value`."""
        rows = self._db.execute("select value, kind, scope from identities where value = ?", (value,))
        return [Identity(*row) for row in rows]

    def referrers(self, key: int) -> list[tuple[CloudResource, str]]:
        """The other live resources that refer to one, each with the path of the property that does."""
        rows = self._db.execute(
            "select distinct r.resource, r.path from refs r join identities i on i.value = r.value"
            " where i.resource = ? and r.resource != ? order by r.resource",
            (key, key),
        ).fetchall()
        return [(self._by_key(resource), path) for resource, path in rows]

    def _by_key(self, key: int) -> CloudResource:
        row = self._db.execute(f"select {COLUMNS} from resources where key = ?", (key,)).fetchone()  # noqa: S608
        return from_row(row)

    def _with_references(self, resource: CloudResource) -> CloudResource:
        rows = self._db.execute("select path, value from refs where resource = ?", (resource.key,))
        return replace(resource, references=tuple(Reference(path, value) for path, value in rows))

    # --- writing

    def birth(self, urn: str) -> str:
        """A new seed for `urn`: a replacement gets other tokens than what it replaces."""
        with self._writing():
            self._db.execute(
                "insert into births values(?, 1) on conflict(urn) do update set number = number + 1", (urn,)
            )
            number = self._db.execute("select number from births where urn = ?", (urn,)).fetchone()[0]
        return f"{urn}#{number}"

    def insert(self, resource: CloudResource, identities: Iterable[Identity]) -> None:
        """Add a resource; raises AlreadyExistsError for a second one of its type, scope and id."""
        with self._writing():
            try:
                cursor = self._db.execute(
                    f"insert into resources({COLUMNS}) values(null,?,?,?,?,?,?,?,?,?,?,?)",
                    to_row(resource),
                )
            except sqlite3.IntegrityError as error:
                raise AlreadyExistsError(resource.id) from error
            assert cursor.lastrowid is not None
            self._link(cursor.lastrowid, resource.references, identities)

    def update(self, resource: CloudResource, identities: Iterable[Identity]) -> None:
        """Store the new inputs, outputs, references and identities of a live resource."""
        with self._writing():
            self._store(resource)
            self._db.execute("delete from identities where resource = ?", (resource.key,))
            self._db.execute("delete from refs where resource = ?", (resource.key,))
            self._link(resource.key, resource.references, identities)

    def delete(self, key: int) -> None:
        """Remove a resource; an empty cloud forgets its past."""
        with self._writing():
            self._db.execute("delete from resources where key = ?", (key,))
            if not self._db.execute("select 1 from resources limit 1").fetchone():
                self._db.execute("delete from births")
                self._db.execute("delete from planned")

    def add_outside(self, identity: Identity) -> None:
        """Make known something that exists without belonging to any program of this sandbox."""
        if identity not in self.identities(identity.value):
            with self._writing():
                self._db.execute(
                    "insert into identities values(?,?,?,null)",
                    (identity.value, identity.kind, identity.scope),
                )

    # --- what a preview has planned

    def plan(self, run: str, identities: Iterable[Identity]) -> None:
        """Note what a preview of the engine run `run` would create; other provider processes see it."""
        with self._writing():
            self._db.executemany(
                "insert into planned values(?,?,?,?)",
                [(run, each.value, each.kind, each.scope) for each in identities],
            )

    def planned(self, run: str, value: str) -> list[Identity]:
        """What the same engine run plans to create under `value`."""
        rows = self._db.execute(
            "select value, kind, scope from planned where run = ? and value = ?", (run, value)
        )
        return [Identity(*row) for row in rows]

    def forget_plans(self, is_over: Callable[[str], bool]) -> None:
        """Drop the plans of engine runs that have ended."""
        runs = [run for (run,) in self._db.execute("select distinct run from planned") if is_over(run)]
        if runs:
            with self._writing():
                self._db.executemany("delete from planned where run = ?", [(run,) for run in runs])

    # --- changes from outside, for tests of drift

    def change(self, id: str, changes: Mapping[str, Any]) -> None:  # noqa: A002
        """Change a live resource as someone at a console would.

        `changes` maps dotted property paths (`healthCheck.path`, `actions.0.order`) to new values; None
        removes. A field of a Kubernetes object that its program does not set belongs to someone else (an
        autoscaler, say) and is no drift: it changes in the outputs only.
        """
        resource = self._only(id)
        inputs, outputs = dict(resource.inputs), dict(resource.outputs)
        for path, value in changes.items():
            parts = path.split(".")
            _set(outputs, parts, value)
            if resource.package != "kubernetes" or _has(inputs, parts):
                _set(inputs, parts, value)
        with self._writing():
            self._store(replace(resource, inputs=inputs, outputs=outputs))

    def remove(self, id: str) -> None:  # noqa: A002
        """Delete a live resource from outside."""
        self.delete(self._only(id).key)

    def _only(self, id: str) -> CloudResource:  # noqa: A002
        found = [each for each in self.resources() if id in (each.id, each.urn, each.name)]
        if len(found) != 1:
            raise LookupError(f"{len(found)} resources have the id, URN or name {id!r}")
        return found[0]

    def _store(self, resource: CloudResource) -> None:
        self._db.execute(
            "update resources set package=?, type=?, scope=?, id=?, arn=?, name=?, urn=?, region=?, seed=?,"
            " inputs=?, outputs=? where key=?",
            (*to_row(resource), resource.key),
        )

    def _link(self, key: int, references: Iterable[Reference], identities: Iterable[Identity]) -> None:
        self._db.executemany(
            "insert into identities values(?,?,?,?)",
            [(each.value, each.kind, each.scope, key) for each in dict.fromkeys(identities) if each.value],
        )
        self._db.executemany(
            "insert into refs values(?,?,?)", [(each.path, each.value, key) for each in references]
        )


def _set(tree: Any, path: list[str], value: Any) -> None:
    *parents, last = path
    for part in parents:
        tree = tree[int(part)] if isinstance(tree, list) else tree.setdefault(part, {})
    if isinstance(tree, list):
        tree[int(last)] = value
    elif value is None:
        tree.pop(last, None)
    else:
        tree[last] = value


def _has(tree: Any, path: list[str]) -> bool:
    for part in path:
        if isinstance(tree, list):
            tree = tree[int(part)] if int(part) < len(tree) else None
        else:
            tree = tree.get(part) if isinstance(tree, dict) else None
    return tree is not None
