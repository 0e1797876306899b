"""`python -m fixer` is `testfix`."""

from __future__ import annotations

import sys

from fixer.cli import main

if __name__ == "__main__":
    sys.exit(main())
