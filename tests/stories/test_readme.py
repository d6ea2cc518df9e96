"""The commands of the README, typed as they stand there: a laptop from a file of sales, a hub, the first sync."""

import re
import socket
import subprocess
import sys
from pathlib import Path

from tests.house.files import ROOT
from tests.support.laptops import environment

README = ROOT / "README.md"
WAIT = f"""
until {sys.executable} -c "import socket; socket.create_connection(('127.0.0.1', 8001)).close()" 2>/dev/null; do sleep 0.1; done
"""
"""Typed by hand there is time enough between two lines."""


def commands(readme: Path) -> str:
    """The block of commands without a window."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", readme.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return str(next(block for block in blocks if "run.py desk" in block))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def script() -> str:
    """The block for a shell in another folder, on a port that is free here; the hub is ended with the shell."""
    here = {"python3 run.py": f"{sys.executable} {ROOT / 'run.py'}", "tests/data": str(ROOT / "tests" / "data"), " &\n": f" &{WAIT}"}
    typed = commands(README)
    for words, ours in here.items():
        typed = typed.replace(words, ours)
    return "set -e\ntrap 'kill %1' EXIT\n" + typed.replace("8001", str(free_port()))


def test_the_commands_of_the_readme_do_what_it_says(tmp_path: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", script()], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert "830       126579276" in done.stdout
    assert "+7 812 000-00-00" in done.stdout
    assert "Подключено: Анна Петрова, префикс номеров АА" in done.stdout
    assert re.search(r"Отправлено: \d{4}, получено: 42$", done.stdout.strip())


def test_both_languages_give_the_same_commands() -> None:
    russian = commands(ROOT / "README.ru.md").replace("длинный пароль", "a long password")
    assert russian == commands(README)
