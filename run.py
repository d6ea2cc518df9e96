"""The one start file: `python3 run.py VERB …` makes the environment from the hashed lock and runs the verb inside it.

Standard library only, and it must at least parse on an old Python, to say which one is needed.
"""

from __future__ import annotations

import contextlib
import ctypes.util
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
TEST_LOCK = ROOT / "requirements-test.lock"
"""All of the other, and what only whoever works on the program needs: as much again."""
STAMP = VENV / "prepared.txt"
WINDOWS = os.name == "nt"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")

MODULE_VERBS = {
    "demo": ("local_app", "demo"),
    "app": ("local_app", "app"),
    "desk": ("local_app", "desk"),
    "hub": ("sync_server", "hub"),
    "reports": ("sync_server", "reports"),
    "bench": ("tests.bench",),
    "simulate": ("tests.simulator",),
    "docs": ("tests.house.docs", "--write"),
    "screenshots": ("docs.screenshots",),
}
"""A verb that is one program: its module and the first words of its command line."""
FOR_USERS = frozenset({"demo", "app", "desk", "hub", "reports"})

STATIC_CHECKS: tuple[tuple[str, ...], ...] = (
    ("ruff", "check", "--output-format", "concise", str(ROOT)),
    ("ruff", "format", "--check", "--output-format", "concise", str(ROOT)),
    ("mypy",),
    ("lint-imports", "--no-logo"),
)
NEWEST = (3, 14)
"""The latest Python for which every package of the lock is there ready made, on Linux, macOS and Windows."""
PANGO = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")
DLL_FOLDERS = r"C:\msys64\ucrt64\bin;C:\msys64\mingw64\bin;C:\Program Files\GTK3-Runtime Win64\bin"
"""Where WeasyPrint looks for Pango on Windows, and nowhere else, unless the user says otherwise in WEASYPRINT_DLL_DIRECTORIES."""
PANGO_OF_WINDOWS = (
    "winget install MSYS2.MSYS2, затем · then "
    r'C:\msys64\usr\bin\bash -lc "pacman -Sy --noconfirm mingw-w64-ucrt-x86_64-pango"'
)
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""What runs the tests of the screens. The first has no windows of its own to draw, and takes a fifth less time."""
WHOLE_SUITE = (
    ("pytest", "-n", "2", "--dist", "loadfile", "tests", "--ignore", "tests/browser"),
    ("pytest", "-n", "2", "--dist", "loadfile", "tests/browser"),  # apart: the browser's driver keeps an event loop running
)

HELP = """Заказник: python3 run.py КОМАНДА [параметры] · VERB [arguments]
  demo      сервер, два ноутбука и отчёты с примером данных · a hub, two laptops and reports with sample data
  app       программа на этом компьютере · the app on this computer
  desk      команды без окна: init, sync, import, show … · headless commands of a laptop
  hub       сервер синхронизации: init, user, code, serve … · the sync server
  reports   отчёты Datasette для руководителя · read-only reports for the manager
  test      все проверки и тесты; test ПУТЬ: только эти тесты · all checks and tests; test PATH: only these
  check     проверки без тестов · static checks without the tests
  bench     замеры скорости, строки JSON · speed measurements as JSON lines
  simulate  имитатор синхронизации · the simulator of the sync
  docs      заново написать порождаемые документы · write the generated documents anew
  screenshots  заново снять картинки руководства · draw the pictures of the manual anew"""


def main(arguments: Sequence[str]) -> int:
    """Run one verb; the answer is the exit code of the program behind it (2: no such verb)."""
    if sys.version_info < (3, 11):
        stop("Нужен Python 3.11 или новее, а это", sys.version.split()[0], "· Python 3.11 or later is needed")
    verb, rest = (arguments[0] if arguments else ""), list(arguments[1:])
    if verb not in {*MODULE_VERBS, "test", "check"}:
        asked = verb in {"-h", "--help", "help"}
        print(HELP, file=sys.stdout if asked else sys.stderr)
        return 0 if asked else 2
    prepare(LOCK if verb in FOR_USERS else TEST_LOCK, browser=verb in {"test", "screenshots"})
    if verb == "test":
        return run_tests(rest)
    if verb == "check":
        return run_steps([*STATIC_CHECKS, ("tests.house.docs",)])
    return become([*MODULE_VERBS[verb], *rest])


def run_tests(arguments: Sequence[str]) -> int:
    """Without arguments: everything. With arguments: pytest alone, on the paths given (or on all tests, for options only)."""
    if not arguments:
        return run_steps([*STATIC_CHECKS, *WHOLE_SUITE])
    if any(Path(argument.split("::")[0]).exists() for argument in arguments if not argument.startswith("-")):
        return become(["pytest", "-c", str(ROOT / "pyproject.toml"), *arguments])
    return run_steps([(*suite, *arguments) for suite in WHOLE_SUITE])


def run_steps(steps: Sequence[Sequence[str]]) -> int:
    """Run every step, even after a failed one: a developer wants the whole list at once."""
    failed = [step for step in steps if run_step(step) != 0]
    for step in failed:
        say("Не прошло · failed:", *step)
    return 1 if failed else 0


def run_step(step: Sequence[str]) -> int:
    say("==", *step)
    return subprocess.call(command_of(step), env=environment(), cwd=ROOT)


def become(step: Sequence[str]) -> int:
    """Go on as that program, so that signals and the exit code are its own. Windows has no such call: wait for a child there."""
    command = command_of(step)
    if not WINDOWS:
        os.execve(command[0], command, environment())
    with subprocess.Popen(command, env=environment()) as child:
        while True:
            with contextlib.suppress(KeyboardInterrupt):  # the child got the same Ctrl+C and is cleaning up
                return child.wait()


def command_of(step: Sequence[str]) -> list[str]:
    """`-P`: a folder named `shared` or `tests` where the user happens to stand must not be taken for ours."""
    module, *words = step
    if module == "lint-imports":  # import-linter is a command only, not a module
        return [str(PYTHON.parent / module), *words]
    return [str(PYTHON), "-P", "-m", module, *words]


def environment() -> dict[str, str]:
    """The user's own, with this checkout importable from any folder, and UTF-8 whatever the console is."""
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {"PYTHONUTF8": "1", **os.environ, "PYTHONPATH": os.pathsep.join(paths), "VIRTUAL_ENV": str(VENV)}


def prepare(lock: Path, *, browser: bool) -> None:
    """Make the environment, once for each content of the lock file; a start that finds it ready costs a millisecond."""
    try:
        if not is_ready(lock):
            with one_at_a_time(ROOT / ".venv.lock"):
                if not is_ready(lock):
                    install(lock)
    except PermissionError:
        if WINDOWS:
            stop("В папку программы нельзя писать. Перенесите её в свою · move it to a folder of your own:", str(ROOT))
        stop(
            "Окружение не готово, а права писать в папку программы нет. Выполните один раз · run once: sudo python3",
            str(ROOT / "run.py"),
            "hub --help",
        )
    except OSError as problem:
        stop("Не удалось подготовить окружение · the environment could not be prepared:", str(problem))
    if browser and os.environ.get("CI") and not shutil.which(BROWSERS[0]):
        install_os_packages(BROWSERS[:1], "проверки быстрее в Chromium без окон · the tests are faster in a Chromium without windows")
    if browser and not any(map(shutil.which, BROWSERS)):
        install_os_packages(["chromium"], "для проверок нужен Chromium · the browser tests need Chromium")


def is_ready(lock: Path) -> bool:
    return PYTHON.exists() and STAMP.exists() and digest_of(lock) in STAMP.read_text(encoding="utf-8").split()


def digest_of(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def install(lock: Path) -> None:
    say("Готовлю окружение, это бывает один раз и занимает около минуты · preparing the environment, once, about a minute")
    if not has_pango():
        install_os_packages(PANGO, "для PDF нужна библиотека Pango · PDF needs the library Pango")
    if not (install_by_uv(lock) or install_by_pip(lock)):
        if WINDOWS:  # which replaces no library that is in use
            say("Закройте все окна Заказника · close the program everywhere")
        if sys.version_info[:2] > NEWEST:
            known = ".".join(map(str, NEWEST))
            say(f"Для Python новее {known} готовых пакетов может не быть · packages may be missing for a Python later than {known}")
        stop("Пакеты не установлены: нужна сеть, затем повторите команду · packages not installed: connect to a network and repeat")
    STAMP.write_text(f"{digest_of(LOCK)} {digest_of(lock)}", encoding="utf-8")


def install_by_uv(lock: Path) -> bool:
    """Like `install_by_pip`, several times faster, where the user has it."""
    uv = shutil.which("uv") or ""
    made = bool(uv) and (PYTHON.exists() or succeeds([uv, "venv", "-q", "--clear", "--python", sys.executable, str(VENV)]))
    return made and succeeds([uv, "pip", "install", "-q", "--python", str(PYTHON), "--require-hashes", "-r", str(lock)])


def install_by_pip(lock: Path) -> bool:
    """The packages of the lock, each one checked against its digests."""
    if not (PYTHON.exists() and succeeds([str(PYTHON), "-m", "pip", "--version"], quiet=True)):
        make_venv()
    flags = ["-qq", "--disable-pip-version-check", "--no-input", "--require-hashes"]
    return succeeds([str(PYTHON), "-m", "pip", "install", *flags, "-r", str(lock)])


def make_venv() -> None:
    if importlib.util.find_spec("ensurepip") is None:  # Debian and Ubuntu ship it apart
        install_os_packages(["python3-venv"], "в Python нет модуля venv · Python lacks the module venv")
    if not succeeds([sys.executable, "-m", "venv", "--clear", str(VENV)]):
        stop("Не удалось создать окружение в папке", str(VENV), "· the environment could not be made there")


def has_pango() -> bool:
    """Whether the libraries that lay out PDF pages can be loaded."""
    if WINDOWS:
        folders = os.environ.get("WEASYPRINT_DLL_DIRECTORIES", DLL_FOLDERS).split(";")
        return any(Path(folder, "libpango-1.0-0.dll").is_file() for folder in folders)
    if not sys.platform.startswith("linux"):
        return any(map(ctypes.util.find_library, ("pango-1.0", "pango-1.0-0", "libpango-1.0-0")))
    with contextlib.suppress(OSError):
        return all(map(ctypes.CDLL, ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0")))
    return False


def install_os_packages(names: Sequence[str], reason: str) -> None:
    """By apt where that asks no password; otherwise one line that says what to type. Going on without them is possible."""
    apt, rights = shutil.which("apt-get"), as_administrator()
    if apt is None or rights is None:
        say(f"{reason}. Установите · install it:", manual_line(names))
        return
    say(f"{reason}. Устанавливаю · installing:", *names)
    succeeds([*rights, apt, "-q", "update"], quiet=True)  # a list that could not be renewed may still be good enough
    quiet_apt = [*rights, "env", "DEBIAN_FRONTEND=noninteractive", apt, "-q", "-y", "--no-install-recommends"]
    if not succeeds([*quiet_apt, "install", *names], quiet=True):
        say("Не получилось. Установите · it failed, install it:", manual_line(names))


def as_administrator() -> list[str] | None:
    """The words to put before a command that needs rights: none for root, `sudo -n` where it asks nothing, else impossible."""
    if sys.platform == "win32":
        return None
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    return [sudo, "-n"] if sudo and succeeds([sudo, "-n", "true"], quiet=True) else None


def manual_line(names: Sequence[str]) -> str:
    if sys.platform == "darwin":
        return "brew install " + ("--cask chromium" if "chromium" in names else "pango")
    if sys.platform == "win32":
        return "winget install Hibbiki.Chromium" if "chromium" in names else PANGO_OF_WINDOWS
    return "sudo apt-get install " + " ".join(names)


@contextlib.contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Two starts at the same moment must not install over each other: the second waits for the first."""
    with path.open("w", encoding="utf-8") as held:
        if sys.platform == "win32":
            import msvcrt

            while True:
                with contextlib.suppress(OSError):  # raised after ten seconds of waiting
                    msvcrt.locking(held.fileno(), msvcrt.LK_LOCK, 1)
                    break
        else:
            import fcntl

            fcntl.flock(held, fcntl.LOCK_EX)
        yield


def succeeds(command: Sequence[str], *, quiet: bool = False) -> bool:
    """Whether it ended with 0. What it prints goes to stderr (stdout belongs to the verb), or nowhere."""
    output = subprocess.DEVNULL if quiet else sys.stderr
    return subprocess.call(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output) == 0


def say(*words: str) -> None:
    print(*words, file=sys.stderr, flush=True)


def stop(*words: str) -> NoReturn:
    say(*words)
    raise SystemExit(1)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
