"""Snapshots for new laptops: made when somebody asks, kept until the log has grown, sent piece by piece."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from threading import Lock

from flask import Blueprint, Response, jsonify, request

from shared.change import Refused
from shared.store import FILE_NAME
from shared.store.file import Damaged
from shared.store.snapshot import Snapshot, digest_of, make, prove
from sync_server.access import Access
from sync_server.api import PREFIX, Turned, authorised
from sync_server.hub import Hub

PIECE = 4 * 1024 * 1024
GROWTH = 10
"""A snapshot serves until the log has grown by a tenth since."""


class Snapshots:
    """The one current snapshot of a hub; whoever asks first waits until it is made.

    Every laptop proves what it got. Who asks for the same one again, or as the next one, has the hub prove its own
    file first, once.
    """

    def __init__(self, hub: Hub) -> None:
        self.hub, self.folder, self.lock = hub, hub.folder / "snapshots", Lock()
        self.proven = ""  # the digest of the snapshot that was made of a file now known to be sound

    def current(self, least: int = 0) -> Snapshot:
        """Made anew when there is none that is young enough, and stands at the place `least` or after it, as far as the hub does.

        Raises Damaged when the hub's file turns out not to be sound.
        """
        with self.lock:
            place = self.hub.place()
            found = self._kept()
            if found and found.place >= max(min(least, place), place - place // GROWTH) and self._proven(found):
                return found
            self.folder.mkdir(exist_ok=True)
            made = make(self.hub.folder / FILE_NAME, self.folder / "new.zst")
            for old in self.folder.glob("*.snapshot"):
                with suppress(PermissionError):  # Windows lets go of none that is being read: it goes with the next one
                    old.unlink()
            (self.folder / "new.zst").replace(self.path(made.sha256))
            (self.folder / "snapshot.json").write_text(json.dumps(made._asdict()), encoding="utf-8")
            return made

    def _proven(self, found: Snapshot) -> bool:
        """Whether a kept snapshot is still what was made. Raises Damaged when the hub's file is not sound: nobody gets it any more."""
        path = self.path(found.sha256)
        if found.sha256 != self.proven and digest_of(path) == found.sha256:
            try:
                prove(self.hub.folder / FILE_NAME)
            except Damaged:
                path.unlink()
                raise
            self.proven = found.sha256
        return found.sha256 == self.proven

    def _kept(self) -> Snapshot | None:
        try:
            found = Snapshot(**json.loads((self.folder / "snapshot.json").read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        standing = self.path(found.sha256).is_file() and self.hub.stands_at(found.place, found.head)
        return found if standing else None

    def path(self, sha256: str) -> Path:
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise Refused("Такого снимка нет")
        return self.folder / f"{sha256}.snapshot"

    def piece(self, sha256: str, offset: int) -> bytes:
        """A piece of the compressed file from a byte on; empty at its end. Raises Refused when that snapshot is no more."""
        try:
            with self.path(sha256).open("rb") as file:
                file.seek(offset)
                return file.read(PIECE)
        except FileNotFoundError as error:
            raise Refused("Такого снимка больше нет. Запросите новый") from error


def number(name: str) -> int:
    """A number of the query, otherwise 0. Raises Turned."""
    found = request.args.get(name, "0")
    if not (found.isascii() and found.isdigit() and len(found) < 16):
        raise Turned(400, "malformed", f"Запрос не разобран: {name} должен быть числом.")
    return int(found)


def make_snapshots(hub: Hub, access: Access) -> Blueprint:
    """The routes under /api/v1/snapshot."""
    pages, snapshots = Blueprint("snapshot", __name__, url_prefix=f"{PREFIX}/snapshot"), Snapshots(hub)

    @pages.get("")
    def current() -> Response:
        """Where the current snapshot stands, its digest and its size; `from`: the place where the laptop stands, which it has to reach."""
        authorised(access)
        return jsonify(snapshots.current(number("from"))._asdict())

    @pages.get("/<sha256>")
    def piece(sha256: str) -> Response:
        """Bytes of it from `offset` on, at most 4 MiB."""
        authorised(access)
        try:
            return Response(snapshots.piece(sha256, number("offset")), mimetype="application/octet-stream")
        except Refused as refused:
            raise Turned(404, "gone", str(refused)) from refused

    return pages
