"""The command line of a laptop: app, desk, demo. Whatever goes wrong for a known reason is one Russian line on stderr."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from local_app.commands import parsing
from local_app.commands.output import Answer, complain, write
from local_app.saying import of_the_system
from shared.change import Refused, SyncTrouble
from shared.progress import shown_when_large
from shared.system import own_folder, speak_utf8
from shared.typed import unreadable

COMMANDS = {
    "new": "rows.new", "set": "rows.change", "delete": "rows.delete", "restore": "rows.restore", "show": "rows.show",
    "history": "journal.history", "conflicts": "journal.conflicts", "refused": "refused.refused", "undo": "journal.undo",
    "redo": "journal.redo", "sql": "journal.sql",
    "import": "tables.import_table", "export": "tables.export_table", "document": "papers.document", "status": "laptop.status",
    "verify": "verify.verify", "heal": "heal.heal", "files": "files.files", "clean": "upkeep.clean", "compact": "upkeep.forget",
}  # fmt: skip
"""The verbs of `desk` that work at an open desk, each with its module and function in commands/."""
_VERBS = "app — программа с окном, desk — команды без окна, demo — показ на примере данных"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; the answer is the exit code: 0 done, 1 refused by the business or the world, 2 mistyped, 130 stopped."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    speak_utf8()
    try:
        if wrong := unreadable(words):
            raise parsing.WrongCommand(wrong)
        return run(words)
    except parsing.WrongCommand as wrong:
        complain(str(wrong))
        return 2
    except (Refused, SyncTrouble) as refused:
        complain(str(refused))
    except BrokenPipeError:  # who read the answer has read enough: `show clients | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        complain(of_the_system(error))
    except KeyboardInterrupt:
        complain("Остановлено")
        return 130
    except Exception as error:
        words_of_store = _of_the_store(error)
        if not words_of_store:
            raise
        complain(words_of_store)
    return 1


def run(words: list[str]) -> int:
    """Dispatches the first word. Each verb imports only what it needs: `desk set` starts in a third of a second."""
    as_json = parsing.take_flag(words, "--json")
    data = parsing.take_option(words, "--data")
    verb, rest = (words[0], words[1:]) if words else ("", [])
    if verb == "desk":
        return write(_desk(rest, data), as_json=as_json)
    if verb == "app":
        return _app(parsing.app_parser().parse_args(rest), data)
    if verb == "demo":
        return _demo(parsing.demo_parser().parse_args(rest), data)
    if verb in ("-h", "--help"):
        sys.stdout.write(f"Команды: {_VERBS}\n")
        return 0
    raise parsing.WrongCommand(f"Команды «{verb}» нет. Есть: {_VERBS}" if verb else f"Нужна команда: {_VERBS}")


def data_folder(given: str) -> Path:
    """The given folder, or the customary place of this system for a program's data."""
    return Path(given).expanduser().absolute() if given else own_folder("zakaznik")


def _desk(words: Sequence[str], data: str) -> Answer:
    options = parsing.desk_parser().parse_args(words)
    folder = data_folder(data)
    if options.verb in ("init", "enrol", "sync"):
        from local_app.commands import laptop

        return {"init": laptop.init, "enrol": laptop.enrol, "sync": laptop.sync}[options.verb](folder, options)
    if options.verb == "backup" or (options.verb == "restore" and not options.row):
        from local_app.commands import backups

        return backups.make(folder, options) if options.verb == "backup" else backups.restore(folder, options)
    return _at_the_desk(_command(options.verb), folder, options)


def _at_the_desk(command: Callable[..., Answer], folder: Path, options: Namespace) -> Answer:
    from local_app.desk import Desk

    desk = Desk.open(folder, progress=shown_when_large())
    try:
        return command(desk, options)
    finally:
        desk.close()


def _command(verb: str) -> Callable[..., Answer]:
    """The function of a verb; only its own module is imported."""
    module, _, name = COMMANDS[verb].partition(".")
    found: Callable[..., Answer] = getattr(import_module(f"local_app.commands.{module}"), name)
    return found


def _app(options: Namespace, data: str) -> int:
    from local_app.main import run as run_app

    return run_app(data_folder(data), options.port, show=not options.no_browser, title=options.title or "Заказник")


def _demo(options: Namespace, data: str) -> int:
    from local_app.demo.show import run_demo

    return run_demo(Path(data or "demo-data").absolute(), browser=not options.no_browser)


def _of_the_store(error: Exception) -> str:
    """What is wrong with the data file, in Russian; '' when the error is another one, a bug of ours."""
    import sqlite3

    from shared.store.file import StoreTrouble, trouble

    if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
        return str(trouble(error, Path("zakaznik.sqlite")))
    return str(error) if isinstance(error, StoreTrouble) else ""


if __name__ == "__main__":
    sys.exit(main())
