"""Looking at an edition before anybody gets it: as files, as a contact sheet, and live in a browser.

    edition -> Preview (every form, links harmless) -> files | contact sheet
    files and database -watch-> Live (the last good Preview, and what is wrong since) -> app (pages, GET only)

Nothing here changes an edition, a subscriber or a setting.
"""

from digest.previewing.files import write_preview
from digest.previewing.live import Live
from digest.previewing.preview import Preview, make_preview

__all__ = ["Live", "Preview", "make_preview", "write_preview"]
