"""The shortcut by which the program is started from then on, and its end by a button."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opening, launch, stop

BUSY = "() => void setTimeout(() => { for (const end = Date.now() + 3000; Date.now() < end;); })"
"""As on a machine that has no time: the tab hears nothing for a while."""


def test_a_shortcut_is_made_and_the_program_ends_in_every_tab(opened: Opening, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    program = launch(tmp_path / "data")
    page, other = opened(program, "/settings"), opened(program, "/clients")
    page.get_by_role("button", name="Создать ярлык").click()
    placed = tmp_path / ".local/share/applications/Заказник.desktop"
    expect(page.locator(".notice")).to_contain_text(f"Ярлык создан: {placed}")
    assert str(tmp_path / "data") in placed.read_text(encoding="utf-8")
    other.evaluate(BUSY)
    page.get_by_role("button", name="Завершить программу").click()
    for tab in (page, other):
        expect(tab.get_by_role("heading", name="Заказник закрыт")).to_be_visible()
    assert program.process.wait(20) == 0
    stop(program)


def test_where_no_shortcut_can_be_written_the_reason_is_said(opened: Opening, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".local").write_text("a file where a folder should be")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    program = launch(tmp_path / "data")
    page = opened(program, "/settings")
    page.get_by_role("button", name="Создать ярлык").click()
    expect(page.locator(".notice")).to_contain_text(str(tmp_path / ".local"))
    stop(program)
