"""Who reads: adding, importing, exporting, subscribing, choosing themes, leaving, coming back, forgetting.

Every function takes an open transaction, and the pepper and the time where it needs them.
"""

from digest.subscriptions.addresses import (
    MAX_NAME,
    Mailbox,
    check_themes,
    clean_name,
    email_key,
    mailbox_of,
    masked,
    needs_smtputf8,
    parse_address,
    parse_mailbox,
    split_themes,
)
from digest.subscriptions.csv_export import EXPORT_COLUMNS, export_csv
from digest.subscriptions.csv_import import import_csv
from digest.subscriptions.holdings import everything_on
from digest.subscriptions.people import (
    Added,
    add,
    change,
    end,
    erase,
    find,
    is_mailed,
    may_come_back,
    remove,
    resubscribe,
    unsubscribe,
)
from digest.subscriptions.signing_up import (
    Confirmation,
    Owed,
    Standing,
    ask,
    confirm,
    confirmation,
    invite,
    owed,
    sign_up_of,
)

__all__ = [
    "EXPORT_COLUMNS",
    "MAX_NAME",
    "Added",
    "Confirmation",
    "Mailbox",
    "Owed",
    "Standing",
    "add",
    "ask",
    "change",
    "check_themes",
    "clean_name",
    "confirm",
    "confirmation",
    "email_key",
    "end",
    "erase",
    "everything_on",
    "export_csv",
    "find",
    "import_csv",
    "invite",
    "is_mailed",
    "mailbox_of",
    "masked",
    "may_come_back",
    "needs_smtputf8",
    "owed",
    "parse_address",
    "parse_mailbox",
    "remove",
    "resubscribe",
    "sign_up_of",
    "split_themes",
    "unsubscribe",
]
