"""Keep every schema version that was ever merged, and say where one was changed (design 3).

`schemas/avro/merged/<folder>/<Name>/<version>.avsc` holds each version as it was merged, shared
records put in; `merged/register.json` holds their SHA-256. Schemas evolve FULL_TRANSITIVE and a
merged version is never edited: a change is a new version. `python -m services.eventlog.evolution`
merges the versions that are new and touches no other.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from services.eventlog.catalogue import event_schema
from services.eventlog.catalogue_files import SCHEMAS
from services.eventlog.named_types import expanded, registered

REGISTER = "register.json"
_SHARED, _MERGED, _LOG = "shared", "merged", "log"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Version:
    """Hold one version of a schema, standing by itself. `folder` is its family, or `log`."""

    folder: str
    name: str
    version: int
    document: Mapping[str, Any]

    @property
    def path(self) -> str:
        """Return where it lies once merged, under `merged`."""
        return f"{self.folder}/{self.name}/{self.version}.avsc"

    @property
    def text(self) -> str:
        """Return what is written there."""
        return json.dumps(self.document, indent=2, ensure_ascii=False) + "\n"


def current(root: Path = SCHEMAS) -> list[Version]:
    """Return every event and log schema as it stands in the working tree."""
    paths = [path for path in sorted(root.rglob("*.avsc")) if _folder(root, path) not in (_SHARED, _MERGED)]
    shared = registered(_read(path) for path in sorted((root / _SHARED).glob("*.avsc")))
    return [_version(_folder(root, path), expanded(_read(path), shared)) for path in paths]


def merged(root: Path = SCHEMAS) -> list[Version]:
    """Return every version that was ever merged, oldest first by name."""
    found = [
        _version(_folder(root / _MERGED, path), _read(path)) for path in (root / _MERGED).rglob("*.avsc")
    ]
    return sorted(found, key=lambda one: (one.folder, one.name, one.version))


def merge(root: Path = SCHEMAS) -> list[str]:
    """Merge the versions that are new, and return their paths. Never touches one that is there."""
    there = _register(root)
    new = [one for one in current(root) if one.path not in there]
    for one in new:
        path = root / _MERGED / one.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(one.text, "utf-8")
    hashes = there | {one.path: sha256(one.text.encode("utf-8")).hexdigest() for one in new}
    (root / _MERGED).mkdir(exist_ok=True)
    (root / _MERGED / REGISTER).write_text(json.dumps(hashes, indent=2, sort_keys=True) + "\n", "utf-8")
    return [one.path for one in new]


def problems(root: Path = SCHEMAS) -> list[str]:
    """Return every reason why the schemas may not be merged as they stand, each with what to do."""
    return [*_edited(root), *_unregistered(root), *_changed(root)]


def _edited(root: Path) -> Iterator[str]:
    """Compare each merged file with its hash in the register."""
    for path, digest in _register(root).items():
        file = root / _MERGED / path
        if not file.is_file():
            yield f"merged version `{path}` is gone: put it back"
        elif sha256(file.read_bytes()).hexdigest() != digest:
            yield f"merged version `{path}` was edited: put it back and make a new version"


def _unregistered(root: Path) -> Iterator[str]:
    there = _register(root)
    for file in sorted((root / _MERGED).rglob("*.avsc")):
        path = file.relative_to(root / _MERGED).as_posix()
        if path not in there:
            yield f"merged version `{path}` is not in the register: merge it by the command"


def _changed(root: Path) -> Iterator[str]:
    """Compare what stands in the tree with every merged version of the same schema."""
    before = merged(root)
    for one in current(root):
        olds = [old for old in before if (old.folder, old.name) == (one.folder, one.name)]
        yield from _version_problems(one, olds)
        if one.folder != _LOG:
            yield from _section_problems(one, olds)


def _version_problems(one: Version, olds: list[Version]) -> Iterator[str]:
    if one.version not in [old.version for old in olds]:
        if one.version != 1 + max((old.version for old in olds), default=0):
            yield f"`{one.name}` jumps to version `{one.version}`: count on by one"
        yield f"`{one.path}` is not merged: run python -m services.eventlog.evolution"
        return
    for old in olds:
        if old.version == one.version and _undocumented(old.document) != _undocumented(one.document):
            yield f"`{one.name}` is not what was merged as version `{one.version}`: make a new version"
        if old.version > one.version:
            yield f"`{one.name}` went back to version `{one.version}`: stay at the newest merged"


def _section_problems(one: Version, olds: list[Version]) -> Iterator[str]:
    """Find sections that changed and kept their version: policy and seal both go by it."""
    now = {section.schema_id: section for section in event_schema(one.path, one.document).sections}
    for old in olds:
        for section in event_schema(old.path, old.document).sections:
            same = now.get(section.schema_id)
            if same is not None and _undocumented(same.avro) != _undocumented(section.avro):
                yield f"`{section.schema_id}` of `{one.name}` changed: make the section a new version too"


def _undocumented(schema: Any) -> Any:
    """Return a schema without its explanations, which may be improved at any time."""
    if isinstance(schema, Mapping):
        return {name: _undocumented(part) for name, part in schema.items() if name != "doc"}
    return [_undocumented(part) for part in schema] if isinstance(schema, list) else schema


def _version(folder: str, document: Mapping[str, Any]) -> Version:
    return Version(folder=folder, name=document["name"], version=document["version"], document=document)


def _folder(root: Path, path: Path) -> str:
    return path.relative_to(root).parts[0]


def _register(root: Path) -> dict[str, str]:
    path = root / _MERGED / REGISTER
    found: dict[str, str] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return found


def _read(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return document


if __name__ == "__main__":
    for merged_path in merge():
        print(merged_path)
