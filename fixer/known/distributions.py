"""Under which names distributions are imported, where that is not their own name. Reads distributions.json.

Each entry there is [import names] or [import names, version]: the version is that of the wheel or
installation whose files were read (tests/tools/read_import_names.py). Entries without one are written by
hand.
"""

from __future__ import annotations

import functools
from pathlib import Path


@functools.cache
def import_names() -> dict[str, str]:
    """Normalised distribution name -> its import names at top level, divided by blanks."""
    import json  # a run without undefined names has no need of it

    text = Path(__file__).with_name("distributions.json").read_text("utf-8")
    return {name: row[0] for name, row in json.loads(text).items()}
