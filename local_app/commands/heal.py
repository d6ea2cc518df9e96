"""The command that heals damaged data: from the hub where it has them, else by naming what is lost."""

from __future__ import annotations

from argparse import Namespace

from local_app.commands.output import Answer
from local_app.desk import Desk
from shared.progress import shown_when_large


def heal(desk: Desk, _: Namespace) -> Answer:
    from local_app.healing import heal as heal_store  # the network, 150 ms
    from local_app.hubline import SECRETS, HubAddress, Hubline

    line = Hubline(HubAddress.of(desk.folder)) if (desk.folder / SECRETS).exists() else None
    done = heal_store(desk.store, line, desk.clock(), shown_when_large())
    return Answer({"healed": done}, "\n".join(done) or "Чинить нечего: всё цело")
