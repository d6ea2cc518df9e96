"""One program on one folder, and a port for it."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_app import single
from local_app.main import run
from shared.change import Refused
from shared.store import FILE_NAME
from tests.support.laptops import environment


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.socket() as listening:
        listening.bind((single.HOST, 0))
        listening.listen()
        yield int(listening.getsockname()[1])


def test_a_folder_is_held_by_one_and_tells_the_second_where_the_first_is(tmp_path: Path) -> None:
    with single.held(tmp_path) as lock:
        single.write(lock, single.Running(8420, "secret"))
        with pytest.raises(single.Taken) as taken, single.held(tmp_path):
            pass
        assert taken.value.running == single.Running(8420, "secret")


def test_a_folder_is_free_again_and_keeps_no_secret(tmp_path: Path) -> None:
    for _ in range(2):
        with single.held(tmp_path) as lock:
            single.write(lock, single.Running(8420, "secret"))
    assert (tmp_path / "app.lock").read_text(encoding="utf-8") == ""


def test_the_file_with_the_secret_is_for_its_owner_only(tmp_path: Path) -> None:
    with single.held(tmp_path):
        assert (tmp_path / "app.lock").stat().st_mode & 0o077 == 0


def test_a_busy_port_that_was_asked_for_is_refused_in_words(busy_port: int) -> None:
    with pytest.raises(Refused, match=f"Порт {busy_port} занят"), single.claimed(busy_port):
        pass


def test_without_a_wish_a_free_port_is_found() -> None:
    with single.claimed(None) as port:
        assert single.is_free(port)


def test_programs_that_start_in_one_moment_get_different_ports() -> None:
    with single.claimed(None) as first, single.claimed(None) as second:
        assert first != second
    with single.claimed(first) as again:
        assert again == first


def test_a_busy_port_ends_the_start_with_one_line(tmp_path: Path, busy_port: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, busy_port, show=False) == 1
    assert re.fullmatch(r"Порт \d+ занят.*\n", capsys.readouterr().err)


def test_a_foreign_file_instead_of_the_store_ends_the_start_with_one_line(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("это не база данных, а письмо " * 50, encoding="utf-8")
    done = started(tmp_path)
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert FILE_NAME in done.stderr


def test_a_second_start_shows_the_program_that_runs(tmp_path: Path) -> None:
    with single.held(tmp_path) as lock:
        single.write(lock, single.Running(8765, "secret"))
        done = started(tmp_path)
    assert done.returncode == 0
    assert "Программа уже открыта: http://127.0.0.1:8765/enter?" in done.stdout


def started(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "local_app", "app", "--data", str(folder), "--no-browser"]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=environment(), timeout=60, check=False)


@pytest.mark.parametrize(("place", "words"), [("file", "Это файл, а нужна папка: "), ("file/inside", "Это не папка: ")])
def test_a_start_on_what_is_no_folder_ends_with_one_russian_line(tmp_path: Path, place: str, words: str) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = started(tmp_path / place)
    assert (done.returncode, done.stderr) == (1, f"{words}{tmp_path / place}\n")
