"""`python -m local_app VERB …`"""

import sys

from local_app.cli import main

if __name__ == "__main__":  # a worker process that is spawned imports this file again
    sys.exit(main())
