"""The history of the schema, run by Alembic from code: users need no alembic.ini.

``REVISIONS`` lists every revision, oldest first, so that opening a database needs neither Alembic
nor the disk to know where it stands. A test holds the list to the files in ``versions/``.
"""

from __future__ import annotations

from typing import Final

REVISIONS: Final = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008")
HEAD: Final = REVISIONS[-1]
