"""What sending costs: `digest send`, the whole command, over SMTP into a sink on this machine.

Run: python benchmarks/sending.py [--readers 20000] [--connections 10] [--times 3] [--scale] [--million]
     [--distant]

Every row stands beside a reference of the same minute: a program in C that does nothing but send one
message of the same size over and over (_smtp_peer.c; without a C compiler, _smtp_peer.py, and then ratios
say little). smtp-source, Postfix's own load generator, is a second one where it is on the PATH. Then what
else a user might send with: the standard library over one connection, aiosmtplib over ten, and nodemailer's
pool where DIGEST_TEST_NODE_MODULES holds it, each making every message as its documentation shows.

"messages/s" and CPU are of the whole life of the process, start-up and database included, unless it says
otherwise. CPU is this program's alone, not the sink's. --scale sends to 1,000, 10,000 and 100,000 readers,
--million to a million (it takes 1.5 GB of disk): time per message and peak memory should stay flat.
The references have as many connections as digest has: --connections. More make it faster, up to 100.
--distant has the sink answer after 50 ms and take 100 ms over each message, for 20 connections.
"""

from __future__ import annotations

import argparse
import compileall
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from types import ModuleType

from sqlalchemy import insert

from digest.model.links import edition_ref
from digest.model.message import Hole
from digest.render import compile_message
from digest.render.renderer import Renderer
from digest.store import editions
from digest.store.engine import open_database
from digest.store.tables import subscribers

HERE = Path(__file__).parent
ROOT = HERE.parent
NODE_MODULES = Path(os.environ.get("DIGEST_TEST_NODE_MODULES") or ROOT / "node_modules")
STORIES = 20  # the most that an edition has by default
PEERS, PEER_MESSAGES = ("smtplib", "aiosmtplib"), 300
DISTANT_MESSAGES, DISTANT_CONNECTIONS = 2000, 20
HOLES = {hole.value: "ADDRESS" if hole is Hole.ADDRESS else "LINK" for hole in Hole}
NAMES = ("Ada Reader", "Ben Okafor", "Chloé Müller", "", "Dmitri Haddad", "")
SETTINGS = """
[publication]
name = "The Harbour Brief"
slug = "harbour-brief"
from_email = "brief@harbour.example"
postal_address = "Quay House, 12 Ropewalk Lane"
base_url = "https://read.harbour.example"

[delivery]
transport = "smtp"
smtp_host = "127.0.0.1"
smtp_security = "none"
"""


@dataclass(frozen=True)
class Run:
    """One run of a program: how many messages, seconds by the clock and of CPU, peak memory in MB."""

    messages: int
    wall_s: float
    cpu_s: float
    memory_mb: float = 0.0
    span_s: float = 0.0  # from the first message accepted to the last

    @property
    def per_s(self) -> float:
        """Messages a second over the whole life of the process."""
        return self.messages / self.wall_s

    @property
    def cpu_us(self) -> float:
        """CPU a message, in microseconds."""
        return self.cpu_s / self.messages * 1e6


def samples() -> ModuleType:
    """The editions of the golden tests."""
    sys.path.append(str(ROOT))
    return importlib.import_module("tests.golden.samples")


def peer_program(folder: Path) -> list[str]:
    """The sink and load generator: compiled where there is a compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        print("no C compiler: sink and reference in Python, ratios say little")
        return [sys.executable, str(HERE / "_smtp_peer.py")]
    program = folder / "smtp_peer"
    source = str(HERE / "_smtp_peer.c")
    subprocess.run([compiler, "-O2", "-pthread", "-o", str(program), source], check=True)
    return [str(program)]


class Sink:
    """A server that takes everything; ``with Sink(...) as sink`` runs it."""

    def __init__(self, program: Sequence[str], folder: Path, rtt_ms: int = 0, accept_ms: int = 0) -> None:
        self._log = folder / "taken"
        arguments = [*program, "sink", str(self._log), str(rtt_ms), str(accept_ms)]
        self._process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    def stop(self, expected: int, *, one_reader: bool = False) -> float:
        """End it, check that each of the expected messages came once; its span in seconds."""
        told = json.loads(self._process.communicate()[0])
        taken = self._log.read_text(encoding="ascii").split()
        different = 1 if one_reader else expected
        assert (len(taken), len(set(taken))) == (expected, different), f"{len(taken)} of {expected} arrived"
        return float(told["span_s"])


def timed(command: Sequence[str], folder: Path, environment: Mapping[str, str], messages: int) -> Run:
    words = folder / "words"
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("DIGEST_")}
    start = time.perf_counter()
    with words.open("w") as stream:
        process = subprocess.Popen(
            command, cwd=folder, env={**inherited, **environment}, stdout=stream, stderr=stream
        )
    memory_mb = 0.0
    while True:
        ended, status, used = os.wait4(process.pid, os.WNOHANG)
        if ended:
            break
        memory_mb = max(memory_mb, peak_mb(process.pid))
        time.sleep(0.02)
    wall_s = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, words.read_text(encoding="utf-8")
    return Run(messages, wall_s, used.ru_utime + used.ru_stime, memory_mb)


def peak_mb(pid: int) -> float:
    """The most memory a process has held so far; 0 where the kernel doesn't tell.

    Not what wait4 gives: that begins with what this process held when it started the other.
    """
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    lines = dict(line.split(":", 1) for line in status.splitlines())
    return int(lines.get("VmHWM", "0 kB").split()[0]) / 1024


def newsroom(folder: Path, readers: int) -> None:
    """A folder with settings and a database of so many readers and one drafted edition."""
    sample = samples()
    folder.mkdir()
    (folder / "digest.toml").write_text(SETTINGS, encoding="utf-8")
    now = datetime.now(UTC).replace(microsecond=0)
    drawn = sample.edition(sample.stories(STORIES))
    edition = replace(drawn, key=replace(drawn.key, publication="harbour-brief", series="daily", slot=now))
    with open_database(f"sqlite:///{folder}/drafted.db") as database, database.write() as conn:
        row, _new = editions.open_slot(conn, edition.key, now)
        assert editions.save_content(conn, row.id, edition, drops={}, now=now)
        for start in range(1, readers + 1, 10_000):
            conn.execute(
                insert(subscribers), [reader(n, now) for n in range(start, min(start + 10_000, readers + 1))]
            )


def reader(number: int, now: datetime) -> dict[str, object]:
    address = f"reader{number}@example.net"
    name = NAMES[number % len(NAMES)]
    return {
        "id": number, "email": address, "email_key": address, "key_hash": f"{number:064x}", "name": name,
        "state": "active", "created_at": now,
    }  # fmt: skip


class Bench:
    """The programs under measure, all with the same content, in one folder."""

    def __init__(self, folder: Path, connections: int) -> None:
        self._folder = folder
        self._connections = connections
        compileall.compile_dir(ROOT / "digest", quiet=1)  # as pip would have; else a start takes .1 s more
        self._program = peer_program(folder)
        sample = samples()
        edition = sample.edition(sample.stories(STORIES))
        variant = Renderer([ROOT / "templates"], sample.PUBLICATION).variant(edition, frozenset())
        ref = edition_ref(edition.key)
        message = compile_message(variant, sample.PUBLICATION, edition_ref=ref, date=sample.SLOT)
        self.size = len(bytes(message.fill(sample.PERSON)))
        for name, part in (("text", variant.text), ("html", variant.html)):
            linked = re.sub("|".join(HOLES), lambda hole: HOLES[hole[0]], part)
            (folder / name).write_text(linked, encoding="utf-8")

    def reference(self, messages: int) -> Run:
        """As fast as C gets them there."""
        sink = Sink(self._program, self._folder)
        content = b"Subject: x\r\n\r\n" + (b"x" * 74 + b"\r\n") * (self.size // 76)
        command = [*self._program, "load", str(sink.port), str(self._connections), str(messages)]
        told = json.loads(subprocess.run(command, input=content, stdout=subprocess.PIPE, check=True).stdout)
        sink.stop(messages)
        return Run(messages, told["wall_s"], told["cpu_s"])

    def smtp_source(self, messages: int) -> Run:
        """Postfix's load generator."""
        sink = Sink(self._program, self._folder)
        command = f"smtp-source -d -s {self._connections} -l {self.size} -m {messages}".split()
        run = timed([*command, f"127.0.0.1:{sink.port}"], self._folder, {}, messages)
        sink.stop(messages, one_reader=True)
        return run

    def digest(self, readers: int, *, connections: int = 0, rtt_ms: int = 0, accept_ms: int = 0) -> Run:
        """The whole command, over a drafted edition; as many connections as the references unless told."""
        folder = self._folder / f"readers-{readers}"
        if not folder.exists():
            newsroom(folder, readers)
        for old in folder.glob("subscribers.db*"):
            old.unlink()
        shutil.copy(folder / "drafted.db", folder / "subscribers.db")
        sink = Sink(self._program, self._folder, rtt_ms, accept_ms)
        environment = {
            "PYTHONPATH": str(ROOT),
            "DIGEST_DELIVERY__SMTP_PORT": str(sink.port),
            "DIGEST_DELIVERY__CONNECTIONS": str(connections or self._connections),
        }
        run = timed([sys.executable, "-m", "digest", "send"], folder, environment, readers)
        return replace(run, span_s=sink.stop(readers))

    def peer(self, name: str) -> Run:
        """Something else that sends."""
        sink = Sink(self._program, self._folder)
        rest = [str(sink.port), str(PEER_MESSAGES), str(self._folder)]
        if name == "nodemailer":
            command = ["node", str(HERE / "_peers.js"), str((NODE_MODULES / "nodemailer").resolve()), *rest]
        else:
            command = [sys.executable, str(HERE / "_peers.py"), name, *rest]
        run = timed(command, self._folder, {"PYTHONPATH": str(ROOT)}, PEER_MESSAGES)
        sink.stop(PEER_MESSAGES)
        return run

    @staticmethod
    def peers() -> Iterator[str]:
        """What else is at hand."""
        yield from PEERS
        if shutil.which("node") and (NODE_MODULES / "nodemailer").is_dir():
            yield "nodemailer"


def row(name: str, runs: Sequence[Run], references: Sequence[Run], note: str = "") -> None:
    per_s, cpu_us = median(run.per_s for run in runs), median(run.cpu_us for run in runs)
    wall = median(run.per_s / one.per_s for run, one in zip(runs, references, strict=True))
    cpu = median(run.cpu_us / one.cpu_us for run, one in zip(runs, references, strict=True))
    memory = max(run.memory_mb for run in runs)
    shown = f"{memory:9.0f}" if memory else f"{'':9}"
    print(
        f"{name:34} {runs[0].messages:9} {per_s:11.0f} {wall:9.3f} {cpu_us:11.0f} {cpu:9.2f} {shown}  {note}"
    )


def header() -> None:
    columns = (
        f"{'messages':>9} {'messages/s':>11} {'x ref.':>9} {'CPU us/msg':>11} {'x ref.':>9} {'peak MB':>9}"
    )
    print(f"{'':34} {columns}")


def compare(bench: Bench, readers: int, times: int) -> None:
    """Everybody at the same content, digest and the references in turn."""
    header()
    references, digests, sources = [], [], []
    for _ in range(times):
        before = bench.reference(readers)
        digests.append(bench.digest(readers))
        after = bench.reference(readers)
        references.append(mean(before, after))
        if shutil.which("smtp-source"):
            sources.append(bench.smtp_source(readers))
    row("reference: _smtp_peer.c", references, references)
    if sources:
        row("smtp-source", sources, references)
    spans = median(run.messages / run.span_s for run in digests)
    row("digest send", digests, references, f"{spans:.0f}/s from the first accepted to the last")
    if sources:
        row("  the same, x smtp-source", digests, sources)
    for name in bench.peers():
        row(name, [bench.peer(name)], references[:1])


def mean(one: Run, other: Run) -> Run:
    return Run(one.messages, (one.wall_s + other.wall_s) / 2, (one.cpu_s + other.cpu_s) / 2)


def scale(bench: Bench, sizes: Sequence[int]) -> None:
    """Time per message and memory by the number of readers."""
    header()
    for readers in sizes:
        reference = bench.reference(20_000)
        run = bench.digest(readers)
        row("digest send", [run], [reference], f"{run.messages / run.span_s:.0f}/s while handing over")


def distant(bench: Bench) -> None:
    """A server far away, which takes its time."""
    run = bench.digest(DISTANT_MESSAGES, connections=DISTANT_CONNECTIONS, rtt_ms=50, accept_ms=100)
    per_s = run.messages / run.span_s / DISTANT_CONNECTIONS
    print(f"50 ms away, 100 ms over each message: {per_s:.2f}/s over each of 20 connections (6.67 at best)")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--readers", type=int, default=20_000)
    parser.add_argument("--connections", type=int, default=10)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--scale", action="store_true")
    parser.add_argument("--million", action="store_true")
    parser.add_argument("--distant", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), chosen.connections)
        print(f"messages of about {bench.size / 1000:.0f} kB")
        compare(bench, chosen.readers, chosen.times)
        sizes = [1000, 10_000, 100_000] if chosen.scale else []
        scale(bench, [*sizes, *([1_000_000] if chosen.million else [])])
        if chosen.distant:
            distant(bench)


if __name__ == "__main__":
    main()
