"""The hub's commands: make it, add people, print codes, serve, look inside. Exit code 0: done, 1: refused, 2: mistyped; a Russian line."""

from __future__ import annotations

import argparse
import logging
import os
import sqlite3
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from shared.change import Refused
from shared.entities.people import ROLES
from shared.formats import bytes_size, named
from shared.progress import shown_when_large
from shared.rules.lists import reference_lists
from shared.store import FILE_NAME, Store, StoreTrouble, attached
from shared.store.compact import compact
from shared.store.file import is_full, made_whole, trouble
from shared.store.verify import fingerprint, verify
from shared.system import OR_OPEN, own_folder, speak_utf8
from shared.typed import number, unreadable
from sync_server import backups
from sync_server.access import FILE_NAME as ACCOUNTS
from sync_server.access import Access, carrying, wall_clock
from sync_server.console import Parser, WrongCommand, complain, put, put_json
from sync_server.hub import Hub
from sync_server.looking import show_rows, show_status
from sync_server.owner import check_owner, private
from sync_server.people import add_user, reunite, say_again

Arguments = argparse.Namespace
DAY_MS = 24 * 3600 * 1000
REBUILDING = "Ноутбуки могут вернуть серверу всё, что знают; роли не проверяются. Когда все обменяются: rebuild off."
ROLE_WORDS = ", ".join(f"{key} ({label.lower()})" for key, label in ROLES.items())


def main(words: Sequence[str] | None = None) -> int:
    """The entry point of `zakaznik-hub` and of `python -m sync_server`."""
    given = list(sys.argv[1:] if words is None else words)
    speak_utf8()
    try:
        if wrong := unreadable(given):
            raise WrongCommand(wrong)
        as_json = "--json" in given  # wherever it stands
        arguments = make_parser().parse_args([word for word in given if word != "--json"])
        arguments.json = as_json
        check_owner(arguments.data, getattr(arguments, "command", "reports"))
        with private():
            arguments.run(arguments)
    except BrokenPipeError:  # who read the answer has read enough: `status | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
        raise  # a bug stays loud
    except (Refused, StoreTrouble, OSError, sqlite3.DatabaseError) as error:
        return complain(in_words(error))
    except KeyboardInterrupt:
        return 130
    return 0


def in_words(error: Exception) -> Exception:
    """What the disk or SQLite says, as one plain line."""
    if isinstance(error, PermissionError):
        return Refused(f"Нет прав на «{error.filename}»{OR_OPEN}. Выберите другую папку или измените права.")
    if isinstance(error, FileExistsError | NotADirectoryError):
        return Refused(f"По пути «{error.filename}» стоит файл, а не папка. Укажите другую папку.")
    if isinstance(error, OSError) and not is_full(error):
        return Refused(f"Не удалось прочитать или записать «{error.filename}»: {error.strerror}.")
    return trouble(error, Path(FILE_NAME)) if isinstance(error, OSError | sqlite3.Error) else error


def started_as() -> str:
    """What the user types before the program's name, so that the way to the help can be typed as it is told."""
    name = Path(sys.argv[0]).stem
    return name if name == "zakaznik-hub" else "python3 run.py"


def make_parser() -> Parser:
    parser = Parser(prog=started_as(), description="Сервер Заказника: принимает изменения ноутбуков и показывает отчёты.")
    programs = parser.add_subparsers(required=True, metavar="ПРОГРАММА", dest="program")
    hub = programs.add_parser("hub", help="сервер синхронизации", description="Сервер синхронизации и его пользователи.")
    add_data(hub)
    commands = hub.add_subparsers(required=True, metavar="КОМАНДА", dest="command")
    add_people_commands(commands)
    add_serving_commands(commands)
    reports = programs.add_parser("reports", help="отчёты для руководителя", description="Отчёты по данным сервера, только для чтения.")
    add_data(reports)
    add_address(reports, 8002)
    reports.set_defaults(run=serve_reports)
    return parser


def add_people_commands(commands: argparse._SubParsersAction[Parser]) -> None:
    init = command(commands, "init", init_hub, "создать сервер в папке")
    init.add_argument("--title", default="", metavar="НАЗВАНИЕ", help="название сервера или компании")
    init.add_argument(
        "--without-lists", action="store_true", help="без справочников и с rebuild on: взамен потерянного сервера, всё вернут ноутбуки"
    )
    user = command(commands, "user", new_user, "добавить пользователя; пароль — со стандартного ввода")
    user.add_argument("login", metavar="ИМЯ_ДЛЯ_ВХОДА", help="имя для входа")
    user.add_argument("--name", required=True, metavar="ИМЯ", help="фамилия, имя, отчество")
    user.add_argument("--role", required=True, choices=list(ROLES), metavar="РОЛЬ", help=ROLE_WORDS)
    password = command(commands, "password", new_password, "сменить пароль; новый — со стандартного ввода")
    password.add_argument("login", metavar="ИМЯ_ДЛЯ_ВХОДА", help="имя для входа")
    code = command(commands, "code", new_code, "выдать одноразовый код подключения")
    code.add_argument("login", metavar="ИМЯ_ДЛЯ_ВХОДА", help="кому")
    revoke = command(commands, "revoke", revoke_device, "отозвать доступ устройства")
    revoke.add_argument("device", metavar="УСТРОЙСТВО", help="номер, префикс или название")
    revoke.add_argument("--wipe", action="store_true", help="велеть ему стереть данные, когда оно подключится")


def add_serving_commands(commands: argparse._SubParsersAction[Parser]) -> None:
    add_address(command(commands, "serve", serve_hub, "работать: принимать ноутбуки и показывать страницы управления"), 8001)
    command(commands, "status", show_status, "что хранит сервер и кто к нему подключён")
    sql = command(commands, "sql", show_rows, "прочитать данные запросом SELECT")
    sql.add_argument("query", metavar="SELECT", help="запрос к хранилищу")
    command(commands, "verify", verify_store, "проверить хранилище от начала до конца")
    mend = command(commands, "heal", heal_store, "починить повреждённое хранилище; сервер должен быть остановлен")
    mend.add_argument("file", type=Path, nargs="?", metavar="ФАЙЛ", help="откуда взять верные записи: резервная копия или файл ноутбука")
    command(commands, "backup", make_backup, "сделать резервную копию хранилища, файлов и учётных записей")
    back = command(commands, "restore", restore_backup, "вернуть данные из резервной копии; сервер должен быть остановлен")
    back.add_argument("file", type=Path, metavar="ФАЙЛ", help="копия из папки backups: zakaznik-….sqlite")
    command(commands, "clean", clean_files, "удалить файлы, на которые ничто не ссылается")
    span = command(commands, "compact", compact_log, "забыть старые значения, которые давно заменены")
    span.add_argument("--days", type=number, default=365, metavar="ДНЕЙ", help="сколько дней истории оставить, обычно 365")
    again = command(commands, "rebuild", rebuild, "принимать от ноутбуков всё, что было принято раньше, не спрашивая ролей")
    words = "on — после потери или восстановления сервера, off — когда все обменялись"
    again.add_argument("switch", choices=["on", "off"], metavar="on|off", help=words)


def command(commands: argparse._SubParsersAction[Parser], name: str, run: Callable[[Arguments], None], words: str) -> Parser:
    parser = commands.add_parser(name, help=words, description=words[:1].upper() + words[1:] + ".")
    parser.add_argument("--data", type=Path, default=argparse.SUPPRESS, metavar="ПАПКА", help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="ответить в JSON")
    parser.set_defaults(run=run)
    return parser


def add_data(parser: Parser) -> None:
    parser.add_argument("--data", type=Path, default=own_folder("zakaznik-hub"), metavar="ПАПКА", help="папка с данными сервера")


def add_address(parser: Parser, port: int) -> None:
    parser.add_argument("--port", type=number, default=port, metavar="ПОРТ", help=f"порт, обычно {port}")
    parser.add_argument("--host", default="127.0.0.1", metavar="АДРЕС", help="адрес этого компьютера, обычно 127.0.0.1 — только он сам")


def answer(arguments: Arguments, value: dict[str, object], words: str) -> None:
    """The same answer for a program (--json) or for a person."""
    if arguments.json:
        put_json(value)
    else:
        put(words)


def opened(arguments: Arguments) -> Hub:
    """Raises StoreTrouble. What takes long is told."""
    return Hub.open(arguments.data, progress=shown_when_large())


# --- commands --------------------------------------------------------------------------------------------------------


def init_hub(arguments: Arguments) -> None:
    arguments.data.mkdir(0o700, parents=True, exist_ok=True)
    with made_whole(arguments.data / FILE_NAME):
        with closing(Access.open(arguments.data, create=True)) as access:
            access.book.set("title", " ".join(arguments.title.split()))
        with closing(Hub.create(arguments.data)) as hub:
            hub.write([] if arguments.without_lists else reference_lists())
            hub.rebuild(on=arguments.without_lists)  # before the first code: else the owner of a laptop becomes his own namesake
    told = f"Сервер создан в папке {arguments.data}. Добавьте администратора командой user."
    answer(arguments, {"data": str(arguments.data)}, f"{told} {REBUILDING}" if arguments.without_lists else told)


def new_user(arguments: Arguments) -> None:
    with closing(Access.open(arguments.data)) as access, closing(opened(arguments)) as hub:
        user = add_user(hub, access, arguments.login, arguments.name, arguments.role, typed_password())
    value: dict[str, object] = {"id": user.id, "login": user.login, "name": user.name, "role": user.role}
    answer(arguments, value, f"Пользователь {user.login} добавлен: {user.name}, {user.role_name.lower()}.")


def new_password(arguments: Arguments) -> None:
    with closing(Access.open(arguments.data)) as access:
        user = access.users.get(arguments.login)
        access.users.set_password(user, typed_password())
    answer(arguments, {"login": user.login}, f"Пароль пользователя {user.login} изменён.")


def typed_password() -> str:
    """The first line of standard input; asked for without an echo on a terminal. Refused: it is not UTF-8."""
    from getpass import getpass

    try:
        typed = getpass("Пароль: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
        typed.encode()
    except UnicodeError:
        raise Refused("Пароль не в кодировке UTF-8. Проверьте кодировку терминала или файла с паролем.") from None
    return typed


def new_code(arguments: Arguments) -> None:
    with closing(Access.open(arguments.data)) as access:
        user = access.users.get(arguments.login)
        code = access.issue_code(user)
    answer(arguments, {"code": code, "login": user.login, "name": user.name}, code)


def revoke_device(arguments: Arguments) -> None:
    with closing(Access.open(arguments.data)) as access:
        device = access.devices.get(arguments.device)
        access.devices.revoke(device, wipe=arguments.wipe)
    wiped = " Когда оно обратится к серверу, его данные будут стёрты." if arguments.wipe else ""
    answer(arguments, {"device": device.id, "label": device.label}, f"Доступ устройства «{device.label}» отозван.{wiped}")


def verify_store(arguments: Arguments) -> None:
    """StoreTrouble: the store is damaged; the words say where."""
    with closing(Store.open(arguments.data / FILE_NAME, progress=shown_when_large())) as store:
        troubles = [*verify(store), *attached.verify(store), *carrying.damage(arguments.data / ACCOUNTS)]
        if troubles:
            raise StoreTrouble(f"Хранилище повреждено. {'. '.join(troubles)}")
        changes, digest = store.log.state().place, fingerprint(store)
    words = f"Хранилище цело, проверено изменений: {changes}, отпечаток таблиц {digest}."
    answer(arguments, {"changes": changes, "ok": True, "digest": digest}, words)


def heal_store(arguments: Arguments) -> None:
    done = backups.heal(arguments.data, arguments.file, shown_when_large())
    answer(arguments, {"healed": done}, "\n".join(done) or "Чинить нечего: хранилище цело.")


def make_backup(arguments: Arguments) -> None:
    made = backups.make(arguments.data, wall_clock())
    answer(arguments, {"file": str(made.path), "bytes": made.size}, f"Копия сделана: {made.path}, {bytes_size(made.size)}.")


def restore_backup(arguments: Arguments) -> None:
    done = backups.restore(arguments.data, arguments.file)
    answer(arguments, {"restored": str(arguments.file), "aside": str(done.aside or ""), "carried": done.carried._asdict()}, done.words)


def clean_files(arguments: Arguments) -> None:
    gone = backups.clean(arguments.data, wall_clock())
    answer(arguments, gone._asdict(), f"Удалено файлов, на которые ничто не ссылается: {gone.files}, {bytes_size(gone.bytes)}.")


def compact_log(arguments: Arguments) -> None:
    """Refused: a span that is no span."""
    if arguments.days < 1:
        raise Refused("Сколько дней истории оставить: нужно число от 1.")
    with closing(opened(arguments)) as hub:
        gone = compact(hub.store, wall_clock() - arguments.days * DAY_MS)
    answer(arguments, gone._asdict(), f"Забыто заменённых значений старше {arguments.days} дн.: {gone.changes}, {bytes_size(gone.bytes)}.")


def rebuild(arguments: Arguments) -> None:
    on = arguments.switch == "on"
    with closing(Access.open(arguments.data)) as access, closing(opened(arguments)) as hub:
        reunited = reunite(hub, access) if hub.rebuilding() and not on else 0
        hub.rebuild(on=on)
        mended = 0 if on else say_again(hub, access)
    off = "Роли снова проверяются." + (f" Исправлено ролей и имён для входа по учётным записям: {mended}." if mended else "")
    off += f" Соединено с прежними сотрудниками учётных записей без ноутбука: {reunited}." if reunited else ""
    answer(arguments, {"rebuild": arguments.switch, "mended": mended, "reunited": reunited}, REBUILDING if on else off)


def serve_hub(arguments: Arguments) -> None:
    from sync_server.app import make_app
    from sync_server.server import ended_by_signals, make_server

    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.WARNING)
    folder = arguments.data
    with ended_by_signals(), closing(Access.open(folder)) as access, backups.alone(folder), closing(opened(arguments)) as hub:
        server = make_server(make_app(hub, access), arguments.host, arguments.port)
        words = f"Сервер {named(access.title or 'Заказник')} работает: http://{arguments.host}:{server.effective_port}/"
        answer(arguments, {"port": server.effective_port}, words)
        with backups.daily(folder, wall_clock):
            server.run()


def serve_reports(arguments: Arguments) -> None:
    from sync_server.reporting import serve

    serve(arguments.data, arguments.host, arguments.port)
