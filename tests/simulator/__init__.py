"""The simulator of the sync: laptops and a hub of real code in a world of bad networks, disks and clocks, all from one seed."""
