"""`python -m tests.simulator --seeds A..B --steps N`."""

import sys

from tests.simulator.command import main

sys.exit(main())
