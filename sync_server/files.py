"""Attached files on the hub: content-addressed, in pieces, resumable both ways, verified when they are whole."""

from __future__ import annotations

import json
import logging
from contextlib import suppress
from threading import Lock

from flask import Blueprint, Response, jsonify, request

from shared import filestore
from shared.change import Refused
from shared.store import attached
from sync_server.access import Access
from sync_server.api import PREFIX, Turned, asked, authorised
from sync_server.hub import Hub

LARGEST_QUESTION = 1000
log = logging.getLogger(__name__)


def make_files(hub: Hub, access: Access) -> Blueprint:
    """The routes under /api/v1/files."""
    routes = Blueprint("files", __name__, url_prefix=f"{PREFIX}/files")
    arriving = Lock()

    @routes.post("/known")
    def known() -> Response:
        """{"files": [sha256 …]} -> {"files": {sha256: bytes that are here}, "whole": [sha256 …]}."""
        authorised(access)
        names = asked_names()
        for sha256 in misfitting(hub, names):
            prove(hub, sha256, arriving)
        return jsonify(
            files={name: here(hub, name) for name in names}, whole=[name for name in names if filestore.is_here(hub.folder, name)]
        )

    @routes.get("/<sha256>")
    def piece(sha256: str) -> Response:
        """Bytes of a file from `offset` on, at most 4 MiB. Before the first piece goes the file is proven."""
        authorised(access)
        try:
            if not number("offset"):
                prove(hub, sha256, arriving)
            return Response(filestore.piece(hub.folder, sha256, number("offset")), mimetype="application/octet-stream")
        except (FileNotFoundError, ValueError) as error:
            raise Turned(404, "unknown", "Такого файла на сервере пока нет.") from error

    @routes.put("/<sha256>")
    def arrive(sha256: str) -> Response:
        """A piece of a file of `size` bytes at `offset`; a file that no synced row names is not taken."""
        authorised(access)
        if not hub.names_file(sha256):
            raise Turned(409, "unnamed", "Сервер ещё не знает записи с этим файлом. Сначала идут изменения, потом файлы.")
        try:
            offset, size, content = number("offset"), number("size"), request.get_data()
            with arriving:  # two laptops may send one file at the same moment
                whole = filestore.arrive(hub.folder, sha256, offset, content, size)
        except Refused as error:
            raise Turned(422, "piece", str(error)) from error
        except ValueError as error:
            raise Turned(422, "piece", "Имя файла не похоже на отпечаток SHA-256.") from error
        return jsonify(whole=whole)

    return routes


def prove(hub: Hub, sha256: str, arriving: Lock) -> None:
    """A file that is not what its name says is set aside: it comes from the backups, or whoever has it finds that it is missing here.

    ValueError for a name that is none.
    """
    path = filestore.path_of(hub.folder, sha256)
    with suppress(FileNotFoundError):
        if filestore.is_whole(path):
            return
        with arriving:  # another request may have put it right meanwhile
            if not filestore.is_whole(path):
                aside = attached.put_right(path, hub.folder)
                log.error("Приложенный файл повреждён и отложен: %s", aside)


def misfitting(hub: Hub, names: list[str]) -> list[str]:
    """Files that are here and not as long as a row says: one that was cut short would never be asked for. Their length costs no reading."""
    holders = [entity.name for entity in hub.store.catalogue.values() if entity.field("sha256") and entity.field("size")]
    sql = " UNION ".join(
        f"SELECT sha256, size FROM {name} WHERE size > 0 AND sha256 IN (SELECT value FROM json_each(?1))" for name in holders
    )
    found = hub.rows(sql, (json.dumps(names),))
    return [row["sha256"] for row in found if filestore.is_here(hub.folder, row["sha256"]) and here(hub, row["sha256"]) != row["size"]]


def here(hub: Hub, sha256: str) -> int:
    """Bytes of a file that have come; what is no SHA-256 has none."""
    try:
        return filestore.arrived(hub.folder, sha256)
    except ValueError:
        return 0


def asked_names() -> list[str]:
    names = asked().get("files")
    if not isinstance(names, list) or len(names) > LARGEST_QUESTION or not all(isinstance(name, str) for name in names):
        raise Turned(400, "malformed", "Запрос не разобран: files должен быть списком отпечатков.")
    return names


def number(name: str) -> int:
    text = request.args.get(name, "0")
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise Turned(400, "malformed", f"Запрос не разобран: {name} должно быть числом.")
    return int(text)
