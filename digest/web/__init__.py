"""The web pages that readers reach from a mail. See ``digest.web.app``."""

from digest.web.app import create_app
from digest.web.past import ArchiveEntry
from digest.web.server import WebServer, background, listen, serve
from digest.web.services import PublicationFacts, Reader, SignUps, WebServices, database_services

__all__ = [
    "ArchiveEntry",
    "PublicationFacts",
    "Reader",
    "SignUps",
    "WebServer",
    "WebServices",
    "background",
    "create_app",
    "database_services",
    "listen",
    "serve",
]
