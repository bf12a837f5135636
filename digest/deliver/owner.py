"""Who owns a batch, in words that another process can check.

An owner is ``host/boot/namespace/pid/started/nonce``. On the same host and in the same space of
process ids, a process is gone when its id is unknown or belongs to one that started at another time, and
alive otherwise. Everywhere else nothing can be told, and the lease of the batch decides.
"""

from __future__ import annotations

import os
import secrets
import socket
from pathlib import Path

from digest import clock
from digest.store.batches import Fate

_PARTS = 6


def new_owner() -> str:
    """A name for this run of this process, unlike any other."""
    pid = os.getpid()
    parts = (
        socket.gethostname(),
        clock.boot_id(),
        _namespace(),
        str(pid),
        _started(pid),
        secrets.token_hex(4),
    )
    return "/".join(part.replace("/", "-") for part in parts)


def fate_of(owner: str) -> Fate:
    """What became of the process that called itself ``owner``, as far as this machine can tell."""
    parts = owner.split("/")
    if len(parts) != _PARTS or parts[0] != socket.gethostname():
        return Fate.UNKNOWN
    _, boot, namespace, pid, started, _ = parts
    if not boot or not clock.boot_id():
        return Fate.UNKNOWN
    if boot != clock.boot_id():
        return Fate.REBOOTED
    if namespace != _namespace() or not pid.isdigit():
        return Fate.UNKNOWN
    return Fate.ALIVE if started and _started(int(pid)) == started else Fate.GONE


def in_words(owner: str) -> str:
    """Host and process id, for a person."""
    parts = owner.split("/")
    return f"{parts[0]}, process {parts[3]}" if len(parts) == _PARTS else owner


def _namespace() -> str:
    """The space that process ids are counted in: each container has its own. "" if it can't be told."""
    try:
        return str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return ""


def _started(pid: int) -> str:
    """When a process started, in the kernel's ticks since boot; "" if there is none of this id."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()  # the name before it may hold anything
    return "" if fields[0] in "ZX" else fields[19]  # a zombie has ended
