"""Who reads: adding, importing, exporting, choosing themes, leaving, coming back, being forgotten.

Every function takes an open transaction, and the pepper and the time where it needs them.
"""

from digest.subscriptions.addresses import (
    MAX_NAME,
    Mailbox,
    check_themes,
    clean_name,
    email_key,
    needs_smtputf8,
    parse_address,
    parse_mailbox,
    split_themes,
)
from digest.subscriptions.csv_export import EXPORT_COLUMNS, export_csv
from digest.subscriptions.csv_import import import_csv
from digest.subscriptions.people import (
    Added,
    add,
    end,
    erase,
    everything_on,
    find,
    is_mailed,
    may_come_back,
    remove,
    resubscribe,
    set_themes,
    unsubscribe,
)

__all__ = [
    "EXPORT_COLUMNS",
    "MAX_NAME",
    "Added",
    "Mailbox",
    "add",
    "check_themes",
    "clean_name",
    "email_key",
    "end",
    "erase",
    "everything_on",
    "export_csv",
    "find",
    "import_csv",
    "is_mailed",
    "may_come_back",
    "needs_smtputf8",
    "parse_address",
    "parse_mailbox",
    "remove",
    "resubscribe",
    "set_themes",
    "split_themes",
    "unsubscribe",
]
