"""What a hub shows of itself on a terminal: its people, devices and figures, and the answer to a SELECT."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime

from shared.progress import shown_when_large
from shared.store import FILE_NAME, Store, backup, upkeep
from shared.store.asked import answer
from sync_server import bringing, findings
from sync_server.access import Access, Device, User
from sync_server.console import put, put_json, put_table
from sync_server.hub import Hub

HEADINGS = {
    "device": "устройство", "prefix": "префикс", "unsent": "не отправлено", "author": "работает", "place": "место",
    "head": "голова цепочки", "changes": "изменений", "conflicts": "расхождений", "refused": "не принято", "parked": "отложено",
    "bytes": "байт",
}  # fmt: skip
"""Of the figures of the store; programs get the keys."""


def show_status(arguments: argparse.Namespace) -> None:
    with closing(Access.open(arguments.data)) as access, closing(Hub.open(arguments.data, progress=shown_when_large())) as hub:
        title, people, devices, store = access.title, access.users.all(), access.devices.all(), hub.status()
        room, rebuilding, now_ms, brought = upkeep.sizes(hub.store), hub.rebuilding(), hub.clock(), bringing.counts(hub.store)
    newest, troubles = backup.newest(arguments.data), findings.told(arguments.data, now_ms)
    names = {user.id: user.name for user in people}
    users = [{"login": each.login, "name": each.name, "role": each.role, "closed": each.closed} for each in people]
    laptops = [device_words(each, names.get(each.user, ""), brought.get(each.id, 0)) for each in devices]
    if arguments.json:
        put_json({
            "title": title, "users": users, "devices": laptops, "store": store, "sizes": room._asdict(), "rebuild": rebuilding,
            "backups": {"newest": str(newest.path) if newest else "", "troubles": troubles},
        })  # fmt: skip
        return
    for words in troubles:
        put(f"ВНИМАНИЕ: {words}\n")
    if rebuilding:
        put("ВНИМАНИЕ: включён режим rebuild, роли не проверяются. Когда все ноутбуки обменяются, выключите его: rebuild off\n")
    put(f"Сервер: {title or 'без названия'}")
    tables = (users_for_people(people), devices_for_people(devices, names, brought, now_ms), headed([store]))
    for name, rows in zip(("Пользователи", "Устройства", "Хранилище"), tables, strict=True):
        put(f"\n{name}")
        put_table(rows)
    put(f"\nРазмер: {upkeep.in_words(room)}")
    put(f"Резервная копия: {findings.spoken(newest.at_ms, now_ms)}, {newest.path}" if newest else "Резервных копий ещё нет")


def users_for_people(users: Sequence[User]) -> list[dict[str, object]]:
    """Programs get the keys; people the words that the pages use."""
    return [
        {"имя для входа": each.login, "имя": each.name, "роль": each.role_name, "доступ": "закрыт" if each.closed else "открыт"}
        for each in users
    ]


def devices_for_people(
    devices: Sequence[Device], names: Mapping[str, str], brought: Mapping[str, int], now_ms: int
) -> list[dict[str, object]]:
    return [
        {
            "устройство": each.id, "название": each.label, "префикс": each.prefix, "пользователь": names.get(each.user, ""),
            "версия": each.version, "на связи": findings.spoken(each.seen_ms, now_ms) if each.seen_ms else "ещё не было",
            "ждало отправки": each.unsent, "не от своего имени": brought.get(each.id, 0), "состояние": each.state,
        }
        for each in devices
    ]  # fmt: skip


def device_words(device: Device, user: str, brought: int) -> dict[str, object]:
    """`brought`: how many of its changes are signed by somebody else."""
    seen = datetime.fromtimestamp(device.seen_ms / 1000, UTC).isoformat(timespec="seconds") if device.seen_ms else ""
    return {
        "device": device.id, "label": device.label, "prefix": device.prefix, "user": user, "version": device.version,
        "seen": seen, "unsent": device.unsent, "brought": brought, "state": device.state,
    }  # fmt: skip


def show_rows(arguments: argparse.Namespace) -> None:
    with closing(Store.open(arguments.data / FILE_NAME, read_only=True)) as store:
        rows = answer(store, arguments.query)
    if arguments.json:
        put_json(rows)
    else:
        put_table(rows)


def headed(rows: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    """With Russian headings."""
    return [{HEADINGS.get(name, name): value for name, value in row.items()} for row in rows]
