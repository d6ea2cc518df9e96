"""The documents are true: drawn ones are fresh, links lead somewhere, decisions have their three parts."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.house.docs import GENERATED, main
from tests.house.files import ROOT, name_of, tracked

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


@pytest.mark.parametrize("name", GENERATED)
def test_a_drawn_document_is_what_the_code_says(name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == GENERATED[name](), "python3 run.py docs writes it anew"


def test_the_check_of_the_documents_says_so_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert "соответствуют" in capsys.readouterr().out


def test_every_link_leads_to_a_file() -> None:
    links = [(path, link) for path in tracked("*.md") for link in LINK.findall(path.read_text(encoding="utf-8"))]
    local = [(path, unquote(link.split("#")[0])) for path, link in links if "://" not in link and not link.startswith(("#", "mailto:"))]
    assert [(name_of(path), link) for path, link in local if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in tracked("docs/decisions/*.md")])
def test_a_decision_is_numbered_and_gives_context_decision_and_price(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.match(rf"# {path.name[:4]}\. \S", text)
    assert all(f"**{part}.**" in text for part in ("Context", "Decision", "Price"))
    assert len(text.splitlines()) <= 40


def test_decisions_are_counted_without_gaps() -> None:
    numbers = [int(path.name[:4]) for path in tracked("docs/decisions/*.md")]
    assert numbers == list(range(1, len(numbers) + 1))
