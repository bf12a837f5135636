"""The exceptions of digest, drawn as a tree.

    DigestError                 expected: one clear line for the user, exit code 1
    |-- InputError              what the user gave is wrong: a file, an address, a row, an option
    |   |-- NotFoundError       it names something that does not exist
    |   `-- NotGenuineError     it claims to come from someone it does not come from
    |-- StateError              the thing exists, but its state forbids the act
    |   `-- NotNowError         for the moment, and by itself it will not any more
    |-- FeedError               one feed could not be read; the others go on
    |   |-- FetchError          the network, the server or a limit
    |   |   `-- RefusedAddressError     an address we never connect to
    |   `-- ParseError          bytes that are no feed, page or article
    |-- RenderError             a template or an edition that must not be sent
    |-- StoreError              the database is unreachable, too old or too new
    `-- TransportError          the mail server can't be used at all (not: refused one message)
        `-- BusyError           it is there, and takes nothing at the moment
    ConfigurationError          settings are wrong; stands outside DigestError, so that
                                "skip this one and go on" can never hide it

Every message says what is wrong, where, and how to mend it, on one line.
A refusal of one message is no exception but a value: see ``digest.model.delivery``.
"""

from __future__ import annotations


class DigestError(Exception):
    """An expected failure, told to the user in one line."""


class InputError(DigestError):
    """Something the user gave cannot be used."""


class NotFoundError(InputError):
    """The user named something that does not exist."""


class NotGenuineError(InputError):
    """A request whose signature does not bear out whom it claims to come from."""


class StateError(DigestError):
    """The state of an edition, subscriber or delivery forbids what was asked."""


class NotNowError(StateError):
    """Nothing is sent at this moment, and nobody need do anything about it: the next try may."""


class FeedError(DigestError):
    """One feed or page could not be read.

    ``trouble`` is a short stable word (``http-404``, ``timeout``, ``too-large``, ``not-a-feed``,
    ``private-address``...), fit for a health list and for tests.
    """

    def __init__(self, trouble: str, message: str) -> None:
        super().__init__(message)
        self.trouble = trouble


class FetchError(FeedError):
    """The network, the server or one of our limits stopped a fetch.

    ``status`` is the HTTP status, where there was one; ``retry_after_s`` what the server asked for.
    """

    def __init__(
        self, trouble: str, message: str, *, status: int | None = None, retry_after_s: float | None = None
    ) -> None:
        super().__init__(trouble, message)
        self.status = status
        self.retry_after_s = retry_after_s


class RefusedAddressError(FetchError):
    """The host resolves to an address that is not on the public internet."""


class ParseError(FeedError):
    """The bytes are no feed, page or article that we can read."""


class RenderError(DigestError):
    """A template failed, or the rendered edition must not be sent."""


class StoreError(DigestError):
    """The database cannot be used as it is."""


class TransportError(DigestError):
    """The transport cannot be used at all: wrong host, certificate, credentials or folder."""


class BusyError(TransportError):
    """Nothing is wrong with how the transport is set up, but the server asks us to come back."""


class ConfigurationError(Exception):
    """Settings are wrong. Names the file and line, or the variable, and how to mend it."""
