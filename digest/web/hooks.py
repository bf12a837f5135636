"""Where mail providers report bounces and complaints: POST /hooks/PROVIDER/TOKEN."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from digest.bounces.providers import HookRequest
from digest.errors import FetchError, InputError, NotGenuineError
from digest.web.forms import read_body

log = logging.getLogger("digest.web")

MAX_BODY = 512 * 1024  # bytes; a report may carry the headers of the message, and SNS stops at 256 KiB

Report = Callable[[str, str], Callable[[HookRequest], object]]
"""``(provider, token)``: what applies the reports that come to this address. LookupError for a wrong one."""


def endpoint(report: Report) -> Callable[[Request], Awaitable[Response]]:
    """The route's endpoint. A provider that gets 503 tries again, so only what may get better gets that."""

    async def hook(request: Request) -> Response:
        provider, token = request.path_params["provider"], request.path_params["token"]
        try:
            apply = report(provider, token)
        except LookupError:  # told before anything of the body is read
            return PlainTextResponse("not found\n", status_code=404)
        body = await read_body(request, MAX_BODY)
        try:
            await run_in_threadpool(apply, HookRequest(body, dict(request.headers)))
        except NotGenuineError as error:
            log.warning("a report of %s is refused: %s", provider, error)
            return PlainTextResponse("not genuine\n", status_code=403)
        except FetchError as error:
            log.warning("a report of %s can't be checked just now: %s", provider, error)
            return PlainTextResponse("try again later\n", status_code=503)
        except InputError as error:
            log.warning("a report of %s can't be read: %s", provider, error)
            return PlainTextResponse("not understood\n", status_code=400)
        return PlainTextResponse("thank you\n")

    return hook
