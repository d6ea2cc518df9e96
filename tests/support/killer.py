"""A hub and two laptops, each a process of its own, killed again and again: `python -m tests.support.killer --kills 200 --seed 1`."""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path
from queue import Queue
from threading import Thread

from argon2 import PasswordHasher

from local_app.desk import Desk
from local_app.sync import Syncer
from shared.store import FILE_NAME, Store
from shared.store.verify import digests
from sync_server.access import Access
from sync_server.hub import Hub
from sync_server.people import add_user
from tests.house.files import ROOT
from tests.support.editor import LARGEST_ACT
from tests.support.hubs import HubProcess
from tests.support.laptops import environment

PEOPLE = {"anna": "administrator", "boris": "salesperson"}
UNWATCHED = 2
"""Acts that a laptop is still about to do when its turn to be killed comes."""
PATIENCE = 120
"""Seconds until something that does not come is a failure."""


class Editing:
    """The process of one laptop, and what it has acknowledged."""

    def __init__(self, folder: Path, seed: int, acknowledged: tuple[int, bytes] = (0, b"")) -> None:
        self.folder, self.acknowledged = folder, acknowledged
        self.lines: Queue[str] = Queue()
        self.wanted = self.done = 0
        self.journal = folder.with_suffix(".log").open("ab")
        words = [sys.executable, "-m", "tests.support.editor", str(folder), str(seed)]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=self.journal, env=environment(), cwd=ROOT, text=True)
        self.reader = Thread(target=self._read)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.endswith("\n"):
                self.lines.put(line)

    def work(self, acts: int) -> None:
        """So many more acts and some, without waiting for them."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n" * (acts + UNWATCHED))
        self.process.stdin.flush()
        self.wanted += acts + UNWATCHED

    def wait(self) -> None:
        """Until almost all that is to be done is acknowledged."""
        while self.done < self.wanted - UNWATCHED:
            self._note(self.lines.get(timeout=PATIENCE))

    def _note(self, line: str) -> None:
        self.done += 1
        n, tip = line.split()
        self.acknowledged = (int(n), bytes.fromhex(tip))

    def kill(self) -> None:
        """At once; what it had said by then still counts."""
        self.process.kill()
        self.process.wait(timeout=PATIENCE)
        self.reader.join()
        while not self.lines.empty():
            self._note(self.lines.get())
        for pipe in (self.process.stdin, self.process.stdout, self.journal):
            assert pipe is not None
            with suppress(BrokenPipeError):
                pipe.close()


class Killer:
    """All luck from one seed: who is killed, after how many acts, and how long after the last of them."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.luck = folder, random.Random(seed)
        self.killed, self.acts = Counter[str](), 0
        self.hub = HubProcess(new_hub(folder / "hub"))
        self.hub.start()
        for login in PEOPLE:
            new_laptop(folder / login, self.hub, login)
        self.editing = {login: self._edit(login) for login in PEOPLE}

    def _edit(self, login: str, acknowledged: tuple[int, bytes] = (0, b"")) -> Editing:
        return Editing(self.folder / login, self.luck.randrange(1 << 30), acknowledged)

    def kill(self, times: int) -> None:
        for _ in range(times):
            victim = self.luck.choice(["hub", *PEOPLE])
            watched, acts = self.luck.choice(list(PEOPLE)) if victim == "hub" else victim, self.luck.randrange(1, 10)
            for editing in self.editing.values():
                editing.work(acts)
            self.editing[watched].wait()
            time.sleep(self.luck.random() / 50)
            self.killed[victim] += 1
            self.acts += acts
            self._kill_hub() if victim == "hub" else self._kill_laptop(victim)

    def _kill_hub(self) -> None:
        self.hub.kill()
        check_store(self.hub.folder)
        self.hub.start()

    def _kill_laptop(self, login: str) -> None:
        self.editing[login].kill()
        check_laptop(self.folder / login, *self.editing[login].acknowledged)
        self.editing[login] = self._edit(login, self.editing[login].acknowledged)

    def stop(self) -> None:
        """Kills what still runs."""
        for editing in self.editing.values():
            if editing.process.poll() is None:
                editing.kill()
        if self.hub.process.poll() is None:
            self.hub.stop()

    def settle(self) -> int:
        """Everybody stops and syncs: all are equal, a newcomer too, and the hub has what was acknowledged. How many changes there are."""
        for login, editing in self.editing.items():
            editing.kill()
            check_laptop(self.folder / login, *editing.acknowledged)
        new_laptop(self.folder / "newcomer", self.hub, "anna")
        folders = [self.folder / name for name in (*PEOPLE, "newcomer")]
        for folder in (*folders, *folders):
            Syncer(folder).sync_once()
        self.hub.stop()
        check_equal(self.hub.folder, folders)
        with closing(Store.open(self.hub.folder / FILE_NAME)) as hub:
            for editing in self.editing.values():
                n, tip = editing.acknowledged
                assert not n or hub.log.find_any(n, tip), "an acknowledged edit is not on the hub"
            return int(hub.one("SELECT count(*) FROM log"))


def new_hub(folder: Path) -> Path:
    folder.mkdir()
    access = Access.open(folder, hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1), create=True)
    with closing(access), closing(Hub.create(folder)) as hub:
        for login, role in PEOPLE.items():
            add_user(hub, access, login, login.capitalize(), role, "верная лошадь")
    return folder


def new_laptop(folder: Path, hub: HubProcess, login: str) -> None:
    Desk.open(folder, create=True).close()
    Syncer(folder).enrol(hub.url, hub.code(login))


def check_laptop(folder: Path, n: int, tip: bytes) -> None:
    """Whole, with everything that was acknowledged and at most the one act that was not yet."""
    check_store(folder)
    with closing(Store.open(folder / FILE_NAME)) as store:
        assert not n or store.log.find_any(n, tip), "an acknowledged edit is lost"
        assert not n or store.log.state().n - n <= LARGEST_ACT, "more was written than was done"


def check_store(folder: Path) -> None:
    """It opens, verifies, and nothing in it stands twice."""
    with closing(Store.open(folder / FILE_NAME)) as store:
        assert store.verify() == []
        assert store.one("SELECT count(*) - count(DISTINCT id) FROM log") == 0, "a change stands twice"
        assert store.one("SELECT count(*) - count(DISTINCT number) FROM orders WHERE number <> ''") == 0, "a row stands twice"


def check_equal(hub_folder: Path, folders: list[Path]) -> None:
    """The same tables and whole files everywhere."""
    with closing(Store.open(hub_folder / FILE_NAME)) as hub:
        expected = digests(hub)
        named = {row["sha256"] for row in hub.rows("SELECT sha256 FROM attachments")}
    for folder in (hub_folder, *folders):
        check_store(folder)
        with closing(Store.open(folder / FILE_NAME)) as store:
            assert digests(store) == expected, f"{folder.name} differs from the hub"
        files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (folder / "files").glob("??/*") if not path.suffix}
        assert all(name == found for name, found in files.items()), "a file is not what its name says"
        assert named <= set(files), "a file that a row names is missing"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    asked, begun = parser.parse_args(), time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        killer = Killer(Path(name), asked.seed)
        try:
            killer.kill(asked.kills)
            changes = killer.settle()
        finally:
            print(*killer.killed.items(), file=sys.stderr)
            killer.stop()
    seconds = round(time.monotonic() - begun)
    print(
        json.dumps({"kills": asked.kills, "seed": asked.seed, **killer.killed, "acts": killer.acts, "changes": changes, "seconds": seconds})
    )


if __name__ == "__main__":
    main()
