"""Adversities of the simulated world: crashes, wild clocks, copied and restored folders, a hub restored or lost, old programs."""

from __future__ import annotations

from collections.abc import Callable
from shutil import rmtree

from shared.change import Edit
from shared.filestore import FOLDER as FILES
from shared.store.compact import compact
from tests.simulator.machines import NEW, OLD, Laptop, blank_hub, disk_of
from tests.simulator.world import HOUR_MS, SKEWS, World

MOST_LAPTOPS = 6


def strike(world: World) -> None:
    """One adversity, if its time has come."""
    name = world.pick(FAULTS)(world, world.luck.choice(world.laptops))
    if name:
        world.faults[name] += 1


def crash(world: World, laptop: Laptop) -> str:
    laptop.kill()
    laptop.open()
    world.die(laptop)
    return "crashes"


def crash_of_the_hub(world: World, _: Laptop) -> str:
    world.server.close()
    world.server.open()
    return "crashes of the hub"


def clock_jumps(world: World, laptop: Laptop) -> str:
    laptop.skew = world.luck.choice(SKEWS)
    return "clocks jumped"


def clock_of_the_hub_jumps(world: World, _: Laptop) -> str:
    world.server.skew = world.luck.choice((0, 0, -HOUR_MS, 60_000))
    return "hub clocks jumped"


def back_up(world: World, laptop: Laptop) -> str:
    world.laptop_disks.append((laptop.number, disk_of(laptop.folder)))
    return ""


def back_up_the_hub(world: World, _: Laptop) -> str:
    world.hub_disks.append(disk_of(world.server.folder))
    return ""


def clone(world: World, laptop: Laptop) -> str:
    """The folder is copied to another machine, unsent changes and all; both go on."""
    if len(world.laptops) >= MOST_LAPTOPS:
        return ""
    copy = world.add_laptop(disk_of(laptop.folder))
    copy.skew, copy.is_copy = world.luck.choice(SKEWS), True
    return "folders copied"


def restore(world: World, laptop: Laptop) -> str:
    """Some laptop wakes up as it was."""
    if not world.laptop_disks:
        return ""
    number, disk = world.luck.choice(world.laptop_disks)
    world.laptops[number].put_back(disk)
    world.laptops[number].is_copy = True
    world.die(world.laptops[number])
    world.recount()
    return "laptops restored"


def restore_the_hub(world: World, _: Laptop) -> str:
    """A copy of the store alone, or the whole folder with the attached files; by the command, or behind its back."""
    disk = world.luck.choice(world.hub_disks)
    whole = world.chance(0.5)
    world.server.put_back({name: content for name, content in disk.items() if whole or not name.startswith(FILES)})
    told = world.chance(0.5)
    if told:
        world.server.hub.rebuild(on=True)
    world.recount()
    return "hubs restored" if told else "hubs put back without a word"


def lose_the_hub(world: World, _: Laptop) -> str:
    """A new disk, an empty hub: what it knew comes back with the laptops."""
    world.server.put_back(blank_hub())
    world.server.hub.rebuild(on=True)
    world.recount()
    return "hubs lost"


def lose_the_files(world: World, _: Laptop) -> str:
    """The store of the hub came back from a backup as it was; the attached files beside it did not."""
    rmtree(world.server.folder / FILES, ignore_errors=True)
    return "files of the hub lost"


def hub_writes(world: World, _: Laptop) -> str:
    """The administrator gives somebody another role, or a name, on the hub's own pages."""
    place, server = world.server.store.log.state().place, world.server
    role = world.luck.choice(("salesperson", "salesperson", "manager", "reader"))
    saw = world.held(server.store)
    patch = {"role": role, "name": f"name {len(world.bits)}"}
    with world.bad_disk(server):
        user = world.luck.choice(("u2", "u3", "u4"))
        server.accounts[user] = role
        server.hub.write([Edit("employees", user, patch)])
    world.learn(server.store, place, saw)
    return "roles changed"


def forget(world: World, laptop: Laptop) -> str:
    """The hub, sometimes a laptop, forgets the bodies of values that were replaced."""
    computer = laptop if world.chance(0.3) else world.server
    with world.bad_disk(computer):
        compact(computer.store, world.now_ms - world.luck.choice((0, 0, 5000)))
    return "logs compacted"


def revoke(world: World, laptop: Laptop) -> str:
    """The hub knows the device no more; its person works on, for himself."""
    if len(world.welcome) < 3:
        return ""
    laptop.revoked = True
    return "devices revoked"


def another_version(world: World, laptop: Laptop) -> str:
    """An older program opens the folder, or a newer one."""
    laptop.close()
    laptop.catalogue = OLD if laptop.catalogue is NEW else NEW
    laptop.open()
    world.die(laptop)
    return "other versions started"


def another_version_of_the_hub(world: World, _: Laptop) -> str:
    """The administrator goes back to an older program, or takes a newer one."""
    world.server.close()
    world.server.catalogue = OLD if world.server.catalogue is NEW else NEW
    world.server.open()
    return "other versions of the hub"


FAULTS: tuple[tuple[Callable[[World, Laptop], str], int], ...] = (
    (crash, 18), (crash_of_the_hub, 5), (clock_jumps, 14), (clock_of_the_hub_jumps, 6), (back_up, 14), (back_up_the_hub, 10), (clone, 8),
    (restore, 8), (restore_the_hub, 6), (lose_the_hub, 2), (hub_writes, 6), (forget, 4), (revoke, 1), (another_version, 3),
    (another_version_of_the_hub, 2), (lose_the_files, 2),
)  # fmt: skip
