"""`python -m sync_server hub …` and `python -m sync_server reports …`."""

import sys

from sync_server.cli import main

sys.exit(main())
