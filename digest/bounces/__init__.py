"""Reads what comes back: bounce messages, complaints, and providers' reports. Applying it is feedback's.

    a message --read_report--> Feedback      a provider's request --providers--> Feedback, ...

Whatever stands in a report was written by strangers. Nothing here decides whom it is about: that takes a
reference which we signed, and ``digest.feedback`` verifies it.
"""

from digest.bounces.reading import read_report
from digest.bounces.status import kind_of_status

__all__ = ["kind_of_status", "read_report"]
