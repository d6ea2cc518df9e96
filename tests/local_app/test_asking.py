"""Long questions: answered beside the desk, dropped when nobody waits, and never a way to write."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from local_app.asking import Answer, ask, reading
from shared.change import Edit
from tests.support.laptops import environment, new_desk

COUNT = "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < CAST(:last AS INTEGER)) SELECT x FROM c"

SORTING = """
import resource, sys
from pathlib import Path
from local_app.asking import ask
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
numbers = "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 100000)"
sql = numbers + " SELECT hex(randomblob(250)) AS word FROM c ORDER BY 1"
print(ask(Path(sys.argv[1]), sql, {}, 1, lambda: False).total)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    desk = new_desk(tmp_path)
    desk.do([Edit("clients", name, {"name": name}) for name in ("a", "b", "c")], "Клиенты")
    desk.close()
    return tmp_path


def test_an_answer_has_the_first_rows_and_says_how_many_there_are(folder: Path) -> None:
    found = ask(folder, "SELECT name FROM clients ORDER BY name", {}, 2, lambda: False)
    assert found == Answer([{"name": "a"}, {"name": "b"}], 3, {})


def test_a_question_that_nobody_waits_for_is_dropped_while_it_is_answered(folder: Path) -> None:
    looks: list[int] = []

    def unwanted() -> bool:
        looks.append(1)
        return len(looks) > 3

    assert ask(folder, COUNT, {"last": "1000000000"}, 1, unwanted) is None
    assert ask(folder, COUNT, {"last": "1000"}, 1, lambda: False) == Answer([{"x": 1}], 1000, {})


def test_what_is_sorted_for_a_question_lies_in_a_file_and_not_in_memory(folder: Path) -> None:
    found = ask(folder, "SELECT temp_store FROM pragma_temp_store", {}, 1, lambda: False)
    assert found
    assert found.rows == [{"temp_store": 1}], "1 is FILE, 2 MEMORY"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no limit of the size of a file")
def test_where_no_file_can_be_written_it_is_sorted_in_memory(folder: Path) -> None:
    """The child may write no file of more than a hundred kilobytes, and has fifty megabytes to sort."""
    done = subprocess.run([sys.executable, "-c", SORTING, str(folder)], capture_output=True, text=True, check=False, env=environment())
    assert (done.stdout.strip(), done.returncode) == ("100000", 0), done.stderr


def test_a_wrong_question_is_loud(folder: Path) -> None:
    with pytest.raises(sqlite3.OperationalError):
        ask(folder, "SELECT nothing", {}, 1, lambda: False)


def test_nothing_is_written_by_a_question(folder: Path) -> None:
    with reading(folder) as store, pytest.raises(sqlite3.OperationalError):
        store.db.execute("UPDATE state SET author = 'x'")


def test_living_rows_are_counted_without_those_that_are_deleted(folder: Path) -> None:
    desk = new_desk(folder)
    assert desk.store.living("clients") == 3
    desk.do([Edit("clients", "a", {"deleted": 1}), Edit("clients", "b", {"deleted": 1})], "Удаление")
    desk.do([Edit("clients", "b", {"deleted": 0})], "Восстановление")
    assert desk.store.living("clients") == 2
    desk.close()
