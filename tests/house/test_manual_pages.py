"""The manual and the operator's guide name what there is: every module, section, key, command, picture."""

import re

from docs.screenshots import PICTURES, SHOTS
from local_app.commands.parsing import desk_parser
from local_app.pages.directory import GROUPS, PURPOSES
from local_app.pages.screens import SCREENS
from local_app.widgets.frame import ENTRIES
from local_app.widgets.manual import CHAPTERS, ORDER_SECTIONS, OTHER_SECTIONS, TRASH, anchor_of
from local_app.widgets.shortcuts import SHORTCUTS
from sync_server.cli import make_parser
from tests.house.commands import subparsers
from tests.house.files import ROOT

MANUAL = (ROOT / "docs" / "manual.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "docs" / "operator.md").read_text(encoding="utf-8")
SECTIONS = (
    "Основное",
    "Документы и шаблоны",
    "Оплаты",
    "Статус",
    "Файлы",
    "Исполнители",
    "Отношения",
    "Затраты",
    "Дополнительные параметры",
)


def test_the_manual_names_every_module() -> None:
    assert [label for label, *_ in ENTRIES if label not in MANUAL] == []


def test_the_manual_names_the_nine_sections_in_their_order() -> None:
    assert ", ".join(SECTIONS) in MANUAL


def test_the_manual_lists_every_key_as_the_program_does() -> None:
    assert [keys for keys, words in SHORTCUTS if f"| {keys} | {words} |" not in MANUAL] == []


def test_every_directory_says_what_it_is_for_when_it_is_empty() -> None:
    assert {name for title, names in GROUPS.items() if title != "Все записи" for name in names} == set(PURPOSES)


HEADINGS = re.findall(r"^## (.+)$", MANUAL, re.MULTILINE)


def test_every_chapter_is_in_the_contents() -> None:
    listed = re.findall(r"^- \[(.+)\]\(#(.+)\)$", MANUAL, re.MULTILINE)
    assert listed == [(heading, anchor_of(heading)) for heading in HEADINGS]


def test_every_screen_has_a_chapter_and_every_chapter_is_there() -> None:
    assert set(CHAPTERS) == set(SCREENS)
    assert {*CHAPTERS.values(), *ORDER_SECTIONS.values(), OTHER_SECTIONS, TRASH} <= set(HEADINGS)


def test_the_guide_names_every_command_of_the_hub() -> None:
    commands = [name for program, parser in subparsers(make_parser()) if program == "hub" for name, _ in subparsers(parser)]
    assert commands
    assert [name for name in commands if not re.search(rf"[ `]{name}[ `:\n]", GUIDE)] == []


def test_every_picture_is_drawn_by_the_script_and_shown_in_a_page() -> None:
    shown = set(re.findall(r"\(pictures/([\w-]+)\.png\)", MANUAL + GUIDE))
    assert shown == set(SHOTS)
    assert {path.stem for path in PICTURES.glob("*.png")} == set(SHOTS)


def test_both_readmes_name_every_command() -> None:
    programs = {
        "desk": subparsers(desk_parser()),
        "hub": [pair for name, parser in subparsers(make_parser()) if name == "hub" for pair in subparsers(parser)],
    }
    for readme in ("README.md", "README.ru.md"):
        text = (ROOT / readme).read_text(encoding="utf-8")
        for program, commands in programs.items():
            listed = re.split(r"[;.]", text.partition(f"`{program}` ")[2])[0]
            assert [name for name, _ in commands if not re.search(rf"\b{name}\b", listed)] == [], readme
