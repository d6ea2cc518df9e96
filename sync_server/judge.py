"""The hub's verdict on an incoming act: known shapes, sizes, what the sender's role allows, and what no laptop writes. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from shared.change import Change
from shared.entities import ENTITIES
from shared.entity import Entity, Field, Kind
from shared.shapes import ROW_ID, Patches, are_ids, check, check_column

Patch = Mapping[str, Any]
DELETED = Field("deleted", Kind.FLAG, "Удалён")
GUARDED = {
    entity.name: fields for entity in ENTITIES.values() if (fields := frozenset(each.name for each in entity.fields if each.from_hub))
}
"""What the accounts decide: only the hub itself writes it, when an administrator changes it on its pages."""
READERS = "Роль «Только чтение» не позволяет менять данные"
ON_THE_PAGES = "Имя для входа и роль меняет администратор на странице сервера"


class Untimely(Exception):
    """A laptop brings others' work that the hub has lost and that its own user may not write: only their laptops can bring it."""


def verdicts(changes: Sequence[Change], patches: Patches, role: str | None, kinds: Mapping[str, str]) -> dict[tuple[str, int], str]:
    """{(device, act): reason} of the acts that are refused. A verdict covers the whole act.

    `role`: of the sender's account; None while a lost hub is filled again, where who brings an act is not who made it: the hub's own
    acts, which wrote logins and roles, come back with laptops. `kinds`: {row: entity} of known rows.
    """
    if role == "reader":
        return {(change.device, change.act): READERS for change in changes}
    found = {(change.device, change.act): "Код записи уже занят записью другого вида" for change in misnamed(changes, kinds)}
    if not wrong_columns(changes, patches) and not any(GUARDED.keys() & {change.entity for change in changes}):
        return found
    for change, patch in zip(changes, patches, strict=True):
        if reason := wrong_change(change, patch) or (role is not None and overstepped(change, patch)):
            found.setdefault((change.device, change.act), reason)
    return found


def misnamed(changes: Sequence[Change], kinds: Mapping[str, str]) -> list[Change]:
    """Changes under the id of a row of another entity: what is drawn from the writes of an id is one row."""
    known = dict(kinds)
    return [change for change in changes if known.setdefault(change.row, change.entity) != change.entity]


def wrong_columns(changes: Sequence[Change], patches: Patches) -> bool:
    """Whether anything is wrong in the whole page, column by column: the quick look."""
    return not are_ids([change.row for change in changes]) or any(
        check_column(field, values[field.name]) is not None
        for entity, _, values in patches.columns
        for field in known_fields(entity, values)
    )


def known_fields(name: str, fields: Iterable[str]) -> list[Field]:
    """What this program knows of them; a newer program's entities and fields are kept and passed on."""
    entity: Entity | None = ENTITIES.get(name)
    if entity is None:
        return []
    found: Callable[[str], Field | None] = lambda name: DELETED if name == "deleted" else entity.field(name)  # noqa: E731
    return [field for name in fields if (field := found(name))]


def wrong_change(change: Change, patch: Patch) -> str:
    if not ROW_ID.fullmatch(change.row):
        return "Неверный код записи"
    for field in known_fields(change.entity, patch):
        value = patch[field.name]
        if isinstance(value, list | dict | float):
            return f"{field.label}: значение неизвестного вида"
        if wrong := check(field, value):
            return f"{field.label}: {wrong}"
    return ""


def overstepped(change: Change, patch: Patch) -> str:
    """Not even an administrator's laptop: his own pages and the verdicts would tell two roles of one person."""
    return "" if GUARDED.get(change.entity, frozenset()).isdisjoint(patch) else ON_THE_PAGES


def must_be_own(changes: Iterable[Change], refused: Mapping[tuple[str, int], str], user: str, hub: str) -> None:
    """Raises Untimely when what the guest's role forbids is others' work: what was accepted once would be lost for ever.

    `hub`: the label of the hub's own changes, which are nobody's to bring: whoever could go on in its name would write as the server.
    A change without its body can only be believed: under the id of one that its author still has, it would take that one away.
    """
    for change in changes:
        by_role = refused.get((change.device, change.act)) in (READERS, ON_THE_PAGES)
        if change.device == hub or not change.patch or (by_role and change.author not in ("", user)):
            raise Untimely
