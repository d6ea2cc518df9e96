"""The papers the program brings along, and which template a document is filled into."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from itertools import chain, count
from pathlib import Path
from typing import NamedTuple

from shared.change import Refused
from shared.entities.work import DOCUMENT_TYPES
from shared.fold import fold
from shared.rules.office import Row
from shared.store import Store

STANDARD = ("invoice", "offer", "contract", "specification", "act")
"""Types with a file of their own in templates/."""
_INSTALLED = Path(__file__).resolve().parents[1] / "_templates"
_CHECKOUT = Path(__file__).resolve().parents[2] / "templates"
FOLDER = _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT


class Form(NamedTuple):
    """What a document is filled into: the name for people and the text with its tags."""

    name: str
    body: str


def sheet() -> str:
    """How every paper looks, as CSS."""
    return (FOLDER / "paper.css").read_text(encoding="utf-8")


def standard(document_type: str) -> Form:
    """The program's own form of a type. Raises Refused when there is none."""
    if document_type not in STANDARD:
        raise Refused(f"Для вида «{DOCUMENT_TYPES.get(document_type, document_type)}» нет стандартного шаблона: добавьте свой")
    return Form("Стандартный", (FOLDER / f"{document_type}.html").read_text(encoding="utf-8"))


def form_of(store: Store, document: Row) -> Form:
    """The template that a document names, or the standard one of its type. Raises Refused."""
    own = store.row("templates", str(document["template_id"])) if document["template_id"] else None
    return standard(str(document["document_type"])) if own is None or own["deleted"] else form_in(own)


def form_in(own: Row) -> Form:
    """What stands in a template of our own. Raises Refused."""
    name = str(own["name"] or "без названия")
    if own["format"] != "html":
        raise Refused(f"Шаблон «{name}»: пока заполняются только шаблоны HTML")
    if not own["body"].strip():
        raise Refused(f"Шаблон «{name}» пуст. Впишите в него текст с тегами")
    return Form(name, str(own["body"]))


def own_templates(store: Store) -> Sequence[Row]:
    """Templates that somebody here has made; one that was begun and holds no text yet is of no use."""
    shown = "id, name, document_type, organization_id"
    sql = f"SELECT {shown} FROM templates WHERE deleted = 0 AND format = 'html' AND trim(body, ?) <> '' ORDER BY name, id"
    return store.rows(sql, (string.whitespace,))


def free_name(store: Store, name: str) -> str:
    """A name that no template here bears: «Счёт на оплату: свой», «Счёт на оплату: свой 2» …"""
    taken = {fold(row["name"]) for row in store.rows("SELECT name FROM templates WHERE deleted = 0")}
    return next(each for each in chain((name,), (f"{name} {number}" for number in count(2))) if fold(each) not in taken)


def usual(store: Store, document_type: str, organization_id: str | None = None) -> str | None:
    """The template that a new paper of this organization of ours begins with: the newest own one that names it, else the newest that
    names none; None for the standard one.
    """
    fit = [
        row for row in own_templates(store) if row["document_type"] == document_type and row["organization_id"] in (None, organization_id)
    ]
    return max(fit, key=lambda row: (row["organization_id"] is not None, row["id"]), default={"id": None})["id"]


def offered(store: Store) -> Mapping[str, str]:
    """{type: its name}: the papers that can be made here, as there is a form for them."""
    own = {row["document_type"] for row in own_templates(store)}
    return {key: label for key, label in DOCUMENT_TYPES.items() if key in STANDARD or key in own}
