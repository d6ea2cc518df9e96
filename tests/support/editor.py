"""A laptop without a screen, to be killed: edits while a thread syncs, and says each act that was acknowledged."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread

from local_app.desk import Desk
from local_app.sync import Syncer
from shared import filestore
from shared.change import Edit, Refused, SyncTrouble
from shared.entity import Value
from shared.store import StoreTrouble

LARGEST_ACT = 5
"""Changes that one act below writes, at most."""


class Editor:
    """Acts at random over one desk, all luck from one seed."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self.desk, self.seed, self.luck, self.count = desk, seed, random.Random(seed), 0

    def act(self) -> None:
        """Something that a person does; now and then it is refused, as it would be to a person."""
        acts: list[Callable[[], object]] = [self.order, self.order, self.rename, self.rename, self.delete, self.attach, self.desk.undo]
        try:
            self.luck.choice(acts)()
        except Refused:
            self.order()

    def order(self) -> None:
        self.count += 1
        order = self.desk.new_id()
        lines = (
            Edit("order_lines", self.desk.new_id(), {"order_id": order, "price": 10**8, "quantity": 10**6 * number})
            for number in range(1, LARGEST_ACT)
        )
        self.desk.do([Edit("orders", order, {"number": f"{self.desk.prefix}-{self.seed}-{self.count}"}), *lines], "Создан заказ")

    def some(self) -> str:
        """An order of anybody; a new id when there is none."""
        orders = self.desk.store.rows("SELECT id FROM orders ORDER BY id DESC LIMIT 20")
        return str(self.luck.choice(orders)["id"]) if orders else self.desk.new_id()

    def rename(self) -> None:
        self.desk.do([Edit("orders", self.some(), {"subject": f"Тема {self.luck.random()}"})], "Изменён заказ")

    def delete(self) -> None:
        self.desk.do([Edit("orders", self.some(), {"deleted": self.luck.choice([0, 1])})], "Удалён заказ")

    def attach(self) -> None:
        kept = filestore.keep(self.desk.folder, self.luck.randbytes(self.luck.randrange(1, 60_000)), "Снимок.png")
        named: dict[str, Value] = {"name": "Снимок.png", "sha256": kept.sha256, "size": kept.size, "order_id": self.some()}
        self.desk.do([Edit("attachments", self.desk.new_id(), named)], "Приложен файл")


def sync_for_ever(folder: Path) -> None:
    while True:
        try:
            Syncer(folder).sync_once()
        except (SyncTrouble, StoreTrouble):
            time.sleep(0.1)
        time.sleep(0.03)


def main(folder: Path, seed: int) -> None:
    """One act for each line that comes in. The id of the last change proves by its chain all that was written before it."""
    desk = Desk.open(folder)
    editor = Editor(desk, seed)
    Thread(target=sync_for_ever, args=(folder,), daemon=True).start()
    for _ in sys.stdin:
        editor.act()
        state = desk.store.log.state()
        print(state.n, state.tip.hex(), flush=True)
        time.sleep(editor.luck.random() / 100)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
