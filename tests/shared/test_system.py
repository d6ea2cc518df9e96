"""What is otherwise on Windows, looked at from here."""

import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from shared import system
from shared.entities import ENTITIES
from shared.reports import read_reports

FORBIDDEN = set('\\/:*?"<>|')


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "WINDOWS", True)


@pytest.mark.usefixtures("windows")
def test_data_lie_where_every_python_of_windows_sees_them() -> None:
    assert system.own_folder("zakaznik") == Path.home() / "zakaznik"


@pytest.mark.usefixtures("windows")
def test_a_redirected_output_has_a_sign_for_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    written = BytesIO()
    monkeypatch.setattr(sys, "stdout", TextIOWrapper(written, encoding="cp1251"))
    system.speak_utf8()
    sys.stdout.write("1 200 ₽ → 東京")
    sys.stdout.flush()
    assert written.getvalue().decode() == "1 200 ₽ → 東京"


def test_every_table_has_a_name_that_a_file_may_have_on_windows() -> None:
    names = [*(entity.plural for entity in ENTITIES.values()), *(report.title for report in read_reports())]
    assert [name for name in names if FORBIDDEN & set(name) or name != name.strip(" .")] == []
