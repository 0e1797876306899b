"""Write fixer/known/plugin_fixtures.json: what pytest plugins provide, from their own wheels.

    python tests/tools/generate_plugin_fixtures.py [--cache FOLDER] [NAME ...]
    python tests/tools/generate_plugin_fixtures.py --verify [NAME ...]
    python tests/tools/generate_plugin_fixtures.py --brings
    python tests/tools/generate_plugin_fixtures.py --rarer [NAME ...]

The first downloads wheels of the plugins that plugins.toml lists (several versions of each, and those between
two that differ) and reads their source (plugin_source.py). The second installs the newest of each into a
throw-away environment, asks pytest there (plugin_probe.py), takes over what a run shows, and records the
version. Flags of a fixture: a autouse, r registered by code that runs, c declared by its module, but with the
plugin alone pytest does not have it. The third asks pip what the distributions under `[brings]` install
without extras. The last reads the plugins under `[rarer]` into rarer_plugins.json, and no pytest is asked.
With names, only those are done again. Needs pip; the packaging library comes with pytest.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from plugin_companions import brought_all
from plugin_verification import verify_all
from plugin_versions import survey_all, survey_rarer

try:
    import tomllib
except ModuleNotFoundError:
    import tomli as tomllib

CURATED = Path(__file__).with_name("plugins.toml")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "plugin-wheels")
    parser.add_argument("--verify", action="store_true")
    parser.add_argument("--brings", action="store_true")
    parser.add_argument("--rarer", action="store_true")
    given = parser.parse_args()
    curated = tomllib.loads(CURATED.read_text("utf-8"))
    plugins = curated["plugins"]["names"].split()
    if given.rarer:
        rarer = curated["rarer"]["names"].split()
        survey_rarer(given.names or rarer, {*plugins, *rarer}, given.cache)
    elif given.brings:
        brought_all(given.names or curated["brings"]["distributions"].split(), set(plugins))
    elif given.verify:
        verify_all(given.names or plugins, curated["verify"])
    else:
        survey_all(given.names or plugins, set(plugins), given.cache)


if __name__ == "__main__":
    main()
