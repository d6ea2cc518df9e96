"""Command on what the hub did not take: listed with its reasons, sent again, or let go."""

from __future__ import annotations

from argparse import Namespace

from local_app.commands.journal import local_time
from local_app.commands.output import Answer, table
from local_app.desk import Desk
from local_app.resending import changes, chosen, let_go, send_again
from shared.change import Edit, Refused
from shared.formats import plural
from shared.store.refusals import Refusal

ALL_TAKEN = "всё принято"
CHANGES = ("изменение", "изменения", "изменений")


def refused(desk: Desk, options: Namespace) -> Answer:
    found = chosen(desk, None)
    if not found and "all" in (options.send, options.drop):
        return Answer({"sent": 0} if options.send else {"dropped": 0}, ALL_TAKEN)
    if options.send:
        count = send_again(desk, picked(found, options.send))
        return Answer({"sent": count}, f"Записано снова: {plural(count, CHANGES)}. Уйдёт при ближайшем обмене")
    if options.drop:
        dropped = picked(found, options.drop)
        let_go(desk, dropped)
        count = changes(dropped)
        return Answer({"dropped": count}, f"Убрано из списка: {plural(count, CHANGES)}")
    data = [
        {"number": number, "at_ms": refusal.at_ms, "reason": refusal.reason, "edits": [edit._asdict() for edit in refusal.edits]}
        for number, refusal in enumerate(found, 1)
    ]
    lines = [line_of(number, refusal, edit) for number, refusal in enumerate(found, 1) for edit in refusal.edits]
    return Answer(data, table(lines) if lines else ALL_TAKEN)


def picked(found: list[Refusal], wanted: str) -> list[Refusal]:
    """«all», or the number of an act in the list. Raises Refused."""
    numbered = {str(number): [refusal] for number, refusal in enumerate(found, 1)}
    if wanted != "all" and wanted not in numbered:
        raise Refused(f"В списке непринятого нет номера «{wanted}»")
    return numbered.get(wanted, found)


def line_of(number: int, refusal: Refusal, edit: Edit) -> dict[str, str]:
    values = ", ".join(f"{name}={value}" for name, value in edit.patch.items())
    when, row = local_time(refusal.at_ms), f"{edit.entity} {edit.row}"
    return {"№": str(number), "когда": when, "запись": row, "значения": values, "причина": refusal.reason}
