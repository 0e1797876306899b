"""The cache of facts: it changes how long a run takes, and nothing else."""

from __future__ import annotations

import dataclasses
import json
import os
import pickle
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cli_runner import Outcome, contents, run_testfix, write_files

from fixer import fingerprint, loader, packing, reading
from fixer.cache import Cache
from fixer.facts.body import ModuleBody
from fixer.facts.model import Facts, Parts
from fixer.facts.read import read_facts
from fixer.regular import read_regular

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "fixtures_corpus"
SUITE = {
    "pyproject.toml": b"[project]\nname = 'shop'\n",
    "conftest.py": b"import pytest\n\n\n@pytest.fixture\ndef lent():\n    return 1\n",
    "shop.py": b"class Order:\n    def __init__(self, number):\n        self.number = number\n",
    "a/b/c/test_a.py": b"def test_a(lent):\n    assert lent\n",
    "a/test_b.py": b"def test_b():\n    assert datetime.now()\n",
    "a/test_c.py": b"from shop import Order\n\n\ndef test_c():\n    Order(numer=1)\n",
}


@pytest.fixture(autouse=True)
def for_every_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small suites are read without a cache, because opening one costs more."""
    monkeypatch.setattr(reading, "_WORTH_A_CACHE", 0)
    monkeypatch.setattr(loader, "_WORTH_A_CACHE", 0)
    monkeypatch.setattr(fingerprint, "_FRESH", 0.1)


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    return write_files(tmp_path / "a suite", SUITE)


@pytest.fixture
def read_anew(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the files under judgement whose facts are read, not taken from the cache."""
    paths: list[str] = []

    def noted(path: str, source: bytes, parts: Parts) -> Facts:
        paths.append(path)
        return read_facts(path, source, parts)

    monkeypatch.setattr(reading, "read_facts", noted)
    return paths


def age(path: Path, seconds: float = 3600) -> None:
    os.utime(path, (time.time() - seconds,) * 2)


def check(suite: Path, *options: str) -> Outcome:
    return run_testfix(["--check", "--output-format", "json", *options], suite)


def found(outcome: Outcome) -> list[tuple[str, str]]:
    return [(each["code"], each["name"]) for each in json.loads(outcome.text)["findings"]]


def database(suite: Path) -> Path:
    (file,) = (suite / ".testfix" / "cache").glob("facts-*.db")
    return file


TODAY = [("TF101", "datetime"), ("TF302", "numer")]


def settle(suite: Path) -> None:
    """Change times cannot be set back, and of what was just written they say nothing yet."""
    time.sleep(0.2)
    assert found(check(suite)) == TODAY


def test_a_second_run_reads_nothing_anew(suite: Path, read_anew: list[str]) -> None:
    settle(suite)
    assert sorted(read_anew) == ["a/b/c/test_a.py", "a/test_b.py", "a/test_c.py", "conftest.py"]
    first = check(suite, "--no-cache")
    read_anew.clear()
    second = check(suite)
    assert second.out == first.out
    assert read_anew == []


def test_unchanged_files_are_not_even_opened(suite: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(suite)
    opened: list[str] = []

    def noted(path: str) -> bytes:
        opened.append(path)
        return read_regular(path)

    monkeypatch.setattr(reading, "read_regular", noted)
    assert found(check(suite)) == TODAY
    assert opened == []


@pytest.mark.parametrize("seconds_ago", [0, 3600])
def test_a_change_of_the_same_length_is_seen(suite: Path, seconds_ago: float) -> None:
    settle(suite)
    path = suite / "a/test_b.py"
    before = path.stat().st_mtime
    path.write_bytes(SUITE["a/test_b.py"].replace(b"datetime", b"calendar"))
    if seconds_ago:
        os.utime(path, (before, before))  # only the change time says so
    assert found(check(suite)) == [("TF101", "calendar"), ("TF302", "numer")]


def test_a_file_written_with_what_it_held_is_not_read_anew(suite: Path, read_anew: list[str]) -> None:
    settle(suite)
    (suite / "a/test_b.py").write_bytes(SUITE["a/test_b.py"])
    read_anew.clear()
    assert found(check(suite)) == TODAY
    assert read_anew == []


def test_judgements_are_not_kept(suite: Path, read_anew: list[str]) -> None:
    """What a test sees depends on a conftest three folders up, and its keywords on a class elsewhere."""
    settle(suite)
    read_anew.clear()
    (suite / "conftest.py").write_bytes(SUITE["conftest.py"].replace(b"lent", b"owned"))
    (suite / "shop.py").write_bytes(SUITE["shop.py"].replace(b"number", b"numer"))
    assert found(check(suite)) == [("TF201", "lent"), ("TF101", "datetime")]
    assert read_anew == ["conftest.py"]


def test_repairs_are_the_same_from_a_warm_cache(suite: Path, tmp_path: Path) -> None:
    cold = write_files(tmp_path / "cold", SUITE)
    settle(suite)
    warm = run_testfix(["--exit-zero"], suite)
    assert run_testfix(["--exit-zero", "--no-cache"], cold).out == warm.out
    assert contents(suite) == contents(cold)
    assert run_testfix(["--select", "TF101"], suite).text == "No findings in 4 files.\n"


def test_no_cache_leaves_nothing(suite: Path) -> None:
    check(suite, "--no-cache")
    assert not (suite / ".testfix").exists()


def test_the_folder_says_what_it_is(suite: Path) -> None:
    check(suite)
    tag = (suite / ".testfix/cache/CACHEDIR.TAG").read_text()
    assert tag.startswith("Signature: 8a477f597d28d172789f06886806bc55\n")  # bford.info/cachedir
    assert (suite / ".testfix/.gitignore").read_text().splitlines()[-1] == "*"


def test_another_folder(suite: Path, tmp_path: Path) -> None:
    check(suite, "--cache-dir", str(tmp_path / "else where"))
    assert sorted(path.suffix for path in (tmp_path / "else where").iterdir()) == [".TAG", ".db"]
    assert not (suite / ".testfix").exists()


def test_a_configuration_cannot_lead_out_of_the_project(suite: Path) -> None:
    (suite / "testfix.toml").write_text('cache-dir = "../elsewhere"\n')
    done = check(suite)
    assert done.status == 2
    assert "`cache-dir` in the file must lie in the project: only --cache-dir may lead out of it" in done.err
    assert not (suite.parent / "elsewhere").exists()


def spoil_with_text(file: Path) -> None:
    file.write_bytes(b"no database, but text that is long enough to be looked at" * 100)


def spoil_in_the_middle(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    file.write_bytes(bytes(content))


def spoil_with_a_foreign_database(file: Path) -> None:
    file.unlink()
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE files (cookie TEXT)")
    connection.close()


def spoil_with_a_link(file: Path) -> None:
    elsewhere = file.parent.parent.parent.parent / "precious.db"
    file.rename(elsewhere)
    file.symlink_to(elsewhere)


def spoil_entries(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE entries SET packed = substr(packed, 1, 30)")
    connection.close()


def spoil_with_a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


SPOILT = [
    spoil_with_text,
    spoil_in_the_middle,
    spoil_with_a_foreign_database,
    spoil_with_a_link,
    spoil_entries,
    spoil_with_a_folder,
]


@pytest.mark.parametrize("spoil", SPOILT, ids=lambda spoil: spoil.__name__)
def test_a_spoilt_cache_is_said_once_and_costs_nothing_else(suite: Path, spoil: object) -> None:
    check(suite)
    file = database(suite)
    spoil(file)  # type: ignore[operator]
    before = {path: path.read_bytes() for path in suite.parent.glob("*.db")}
    lines = run_testfix(["--check"], suite).text.splitlines()
    (note,) = [line for line in lines if "cache" in line]
    assert note.startswith(f"note: The cache in {suite / '.testfix' / 'cache'} cannot be used (")
    assert "the run went on without it. Delete that folder, or use --no-cache" in note
    without = run_testfix(["--check", "--no-cache"], suite).text.splitlines()
    assert [line for line in lines if line and line != note] == [line for line in without if line]
    assert {path: path.read_bytes() for path in suite.parent.glob("*.db")} == before


def test_a_link_out_of_the_project_is_not_followed(suite: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (suite / ".testfix").symlink_to(tmp_path / "outside")
    done = run_testfix(["--check"], suite)
    assert "it is a link to a place outside the project" in done.text
    assert list((tmp_path / "outside").iterdir()) == []


def test_a_folder_that_cannot_be_made(suite: Path) -> None:
    (suite / ".testfix").write_text("a file in its place")
    done = run_testfix(["--check"], suite)
    assert done.status == 1
    assert done.text.count("The cache in ") == 1


class Harmful:
    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, ("harm",)


@pytest.mark.parametrize(
    "packed",
    [
        pickle.dumps(Harmful()),
        b"cos\nsystem\n(S'mkdir harm'\ntR.",
        b"\x80\x04\x8c\x08builtins\x8c\x04eval\x93\x8c\x1f__import__('os').mkdir('harm') #\x85R.",
        b"\x80\x04\x8c\x11fixer.facts.model\x8c\x0eFacts.__init__\x93.",
        b"\x80\x04\x8c\x11fixer.facts.model\x8c\x04enum\x93.",
        b"\x80\x04\x8c\x04shop\x8c\x05Order\x93.",
    ],
)
def test_what_is_no_fact_is_not_unpacked(
    packed: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A project may bring a cache along: reading it must not run anything."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(pickle.UnpicklingError, match="is no part of facts"):
        packing.unpack(packed, {})
    assert list(tmp_path.iterdir()) == []
    assert "shop" not in sys.modules


def test_a_harmful_entry_runs_nothing(suite: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check(suite)
    with sqlite3.connect(database(suite)) as connection:
        connection.execute("UPDATE entries SET packed = ?", (pickle.dumps(Harmful()),))
    connection.close()
    done = run_testfix(["--check"], suite)
    assert done.status == 1
    assert "is no part of facts" in done.text
    assert not (suite / "harm").exists()


def plain(value: object) -> object:
    """Every field, also of what is compared by identity."""
    if dataclasses.is_dataclass(value):
        return type(value), [plain(getattr(value, field.name)) for field in dataclasses.fields(value)]
    return [plain(each) for each in value] if isinstance(value, tuple) else value


def test_facts_of_the_corpus_come_back_as_they_were() -> None:
    count = 0
    for path in sorted([*CORPUS.rglob("*.py"), *Path(__file__).parent.rglob("*.py")]):
        facts = read_facts(path.name, path.read_bytes(), Parts(calls=True, body=True))
        again = packing.unpack(packing.pack(facts), {})
        assert plain(again) == plain(facts)
        assert isinstance(again.body, (ModuleBody, type(None)))
        count += facts.problem is None
    assert count > 100


def test_every_rule_says_the_same_of_the_corpus(tmp_path: Path) -> None:
    """Cold, warm and without a cache, on a copy that holds every kind of fact that is kept."""
    files = {
        path.relative_to(CORPUS).as_posix(): path.read_bytes()
        for path in CORPUS.joinpath("suites").rglob("*")
        if path.is_file() and path.suffix in {".py", ".toml", ".txt", ".ini"}
    }
    suite = write_files(tmp_path / "suite", files)
    cold, warm, without = (check(suite, "--select", "ALL", *more) for more in ((), (), ("--no-cache",)))
    assert found(without)
    assert cold.out == warm.out == without.out
    assert not cold.err


AT_ONCE = """\
import sys
from fixer import loader, reading
from fixer.cli import main
loader._WORTH_A_CACHE = reading._WORTH_A_CACHE = 0
for _ in range(4):
    main(["--check", "--quiet", "--output-format", "json-lines"])
"""


def test_processes_at_once(suite: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", AT_ONCE]
    with ThreadPoolExecutor(3) as pool:
        work = [
            pool.submit(
                subprocess.run,
                command,
                cwd=suite,
                env=environment,
                capture_output=True,
                check=True,
                text=True,
            )
            for _ in range(3)
        ]
    for each in work:
        done = each.result()
        assert not done.stderr
        assert [json.loads(line)["name"] for line in done.stdout.splitlines()] == ["datetime", "numer"] * 4
    assert found(check(suite)) == TODAY


def test_what_nobody_asks_for_goes(suite: Path) -> None:
    check(suite)
    with sqlite3.connect(database(suite)) as connection:
        connection.execute("UPDATE entries SET used = used - 31")
        old = {key for (key,) in connection.execute("SELECT key FROM entries")}
    connection.close()
    (suite / "a/test_b.py").write_bytes(b"def test_b():\n    assert datetime\n")
    (suite / "a/test_c.py").unlink()
    check(suite)
    with sqlite3.connect(database(suite)) as connection:
        left = {key for (key,) in connection.execute("SELECT key FROM entries")}
    connection.close()
    assert left & old  # asked for again
    assert old - left  # of the file that changed, and of the one that is gone


def test_files_of_few_other_versions_are_kept(suite: Path) -> None:
    folder = suite / ".testfix/cache"
    write_files(folder, {f"facts-{number}.db": b"" for number in range(9)})
    for number in range(9):
        age(folder / f"facts-{number}.db", 100 * (10 - number))
    check(suite)
    kept = sorted(path.name for path in folder.glob("facts-?.db"))
    assert kept == [f"facts-{number}.db" for number in range(5, 9)]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="file names are text there")
def test_a_name_that_is_no_text(suite: Path) -> None:
    Path(os.fsdecode(os.fsencode(suite) + b"/a/test_\xff.py")).write_bytes(SUITE["a/test_b.py"])
    time.sleep(0.2)
    first, second = run_testfix(["--check"], suite), run_testfix(["--check"], suite)
    assert first.text.count("datetime") > 1
    assert second.text == first.text
    assert "cache" not in first.text


def test_hits_are_counted(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    for asked in range(3):
        assert cache.through("length", "a.py", b"abc", lambda: 3) == 3
        cache.close()
        cache = Cache(tmp_path) if asked == 0 else cache
    assert (cache.hits, cache.misses) == (2, 0)
    assert cache.through("length", "b.py", b"abc", lambda: 4) == 4  # facts hold their path
    assert cache.through("other", "a.py", b"abc", lambda: 5) == 5
    assert (cache.hits, cache.misses) == (2, 2)
    cache.close()
