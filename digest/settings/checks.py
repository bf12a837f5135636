"""What one value cannot tell: settings that contradict each other."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from digest.settings.editorial import SummarySettings
from digest.settings.machinery import DeliverySettings, WebSettings
from digest.settings.problems import Problems, Value

MIN_SECRET = 32  # characters: 128 bits even if it is written in hexadecimal


def check(sections: Mapping[str, Any], values: Mapping[str, Mapping[str, Value]], problems: Problems) -> None:
    """Report contradictions, at the place of the value that makes each of them one."""
    _delivery(sections["delivery"], values["delivery"], problems)
    _notice(sections["summaries"], values["summaries"], problems)
    _web(sections["web"], values["web"], problems)


def _delivery(delivery: DeliverySettings, values: Mapping[str, Value], problems: Problems) -> None:
    if delivery.transport == "smtp" and not delivery.smtp_host and "smtp_host" not in values:
        problems.add(values["transport"].origin, 'delivery.transport = "smtp" needs delivery.smtp_host')
    elif delivery.transport == "smtp" and not delivery.smtp_host and values["smtp_host"].content == "":
        problems.add(
            values["smtp_host"].origin, 'delivery.smtp_host is empty, and transport = "smtp" needs it'
        )
    if delivery.smtp_username and not delivery.smtp_password and "smtp_password" not in values:
        advice = "needs a password: set DIGEST_DELIVERY__SMTP_PASSWORD_FILE or delivery.smtp_password"
        problems.add(values["smtp_username"].origin, f"delivery.smtp_username {advice}")
    if delivery.smtp_password and not delivery.smtp_username and "smtp_username" not in values:
        problems.add(values["smtp_password"].origin, "delivery.smtp_password needs delivery.smtp_username")
    if delivery.smtp_password and delivery.smtp_security == "none" and not _is_local(delivery.smtp_host):
        advice = 'would send the password unencrypted; write "starttls" or "tls"'
        problems.add(values["smtp_security"].origin, f'delivery.smtp_security = "none" {advice}')


def _is_local(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.casefold() == "localhost"


def _notice(summaries: SummarySettings, values: Mapping[str, Value], problems: Problems) -> None:
    if not summaries.notice and not summaries.notice_off_reason:
        advice = "takes readers' warning away; say why in summaries.notice_off_reason, or leave the notice on"
        problems.add(values["notice"].origin, f"summaries.notice = false {advice}")
    if summaries.notice and summaries.notice_off_reason and "notice" not in values:
        advice = "does nothing while the notice is on; add notice = false, or remove it"
        problems.add(values["notice_off_reason"].origin, f"summaries.notice_off_reason {advice}")


def _web(web: WebSettings, values: Mapping[str, Value], problems: Problems) -> None:
    if web.secret and len(web.secret) < MIN_SECRET:
        advice = f"is too short to be safe; write {MIN_SECRET} characters or more, or leave it empty"
        problems.add(values["secret"].origin, f"web.secret {advice}")
