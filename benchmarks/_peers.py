"""What a Python user might send with instead, for sending.py: python _peers.py NAME PORT COUNT FOLDER.

FOLDER holds ``text`` and ``html``, in which a reader's link and address are to be filled in. Every message is
made of both and handed over as the library's documentation shows. _peers.js does the same.
"""

from __future__ import annotations

import asyncio
import smtplib
import sys
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib

CONNECTIONS = 10


def made(folder: Path, number: int) -> EmailMessage:
    to = f"reader{number}@example.net"
    message = EmailMessage()
    message["From"] = "The Harbour Brief <brief@harbour.example>"
    message["To"] = to
    message["Subject"] = "Four navies share a picture"
    link = f"https://read.harbour.example/u/{number}"
    text, page = (
        (folder / name).read_text(encoding="utf-8").replace("LINK", link).replace("ADDRESS", to)
        for name in ("text", "html")
    )
    message.set_content(text)
    message.add_alternative(page, subtype="html")
    return message


def standard_library(port: int, count: int, folder: Path) -> None:
    with smtplib.SMTP("127.0.0.1", port) as connection:
        for number in range(count):
            connection.send_message(made(folder, number))


def aiosmtplib_pool(port: int, count: int, folder: Path) -> None:
    numbers = iter(range(count))

    async def one() -> None:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port) as connection:
            for number in numbers:
                await connection.send_message(made(folder, number))

    async def all_of_them() -> None:
        await asyncio.gather(*(one() for _ in range(CONNECTIONS)))

    asyncio.run(all_of_them())


PEERS = {"smtplib": standard_library, "aiosmtplib": aiosmtplib_pool}
if __name__ == "__main__":
    PEERS[sys.argv[1]](int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
