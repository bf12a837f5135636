"""What one value cannot tell: settings that contradict each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import time
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from digest.deliver.allowance import Window
from digest.model.edition import CORRECTIONS
from digest.model.look import logo_faults, unreadable
from digest.settings.editorial import ScheduleSettings
from digest.settings.machinery import WebSettings
from digest.settings.problems import Problems, Value
from digest.settings.quantities import show_duration
from digest.settings.sending import BounceSettings, DeliverySettings, DkimSettings
from digest.settings.summaries import SummarySettings

_LONGEST_VERP_LOCAL = 24  # of the 64 letters before an @; a reference takes up to 39 in practice
MIN_SECRET = 32  # characters: 128 bits even if it is written in hexadecimal


def check(sections: Mapping[str, Any], values: Mapping[str, Mapping[str, Value]], problems: Problems) -> None:
    """Report contradictions, at the place of the value that makes each of them one."""
    _delivery(sections["delivery"], values["delivery"], problems)
    _window(sections["delivery"], sections["schedule"], values["delivery"], problems)
    _schedule(sections["schedule"], values["schedule"], problems)
    _dkim(sections["dkim"], values["dkim"], problems)
    _bounces(sections["bounces"], values["bounces"], problems)
    _notice(sections["summaries"], values["summaries"], problems)
    _model(sections["summaries"], values["summaries"], problems)
    _web(sections["web"], values["web"], problems)
    _look(sections["look"], values["look"], problems)


def _delivery(delivery: DeliverySettings, values: Mapping[str, Value], problems: Problems) -> None:
    if delivery.transport == "smtp" and not delivery.smtp_host and "smtp_host" not in values:
        problems.add(values["transport"].origin, 'delivery.transport = "smtp" needs delivery.smtp_host')
    elif delivery.transport == "smtp" and not delivery.smtp_host and values["smtp_host"].content == "":
        problems.add(
            values["smtp_host"].origin, 'delivery.smtp_host is empty, and transport = "smtp" needs it'
        )
    if delivery.smtp_username and not delivery.smtp_password and "smtp_password" not in values:
        advice = "needs a password: name the file that holds it in delivery.smtp_password_file"
        problems.add(values["smtp_username"].origin, f"delivery.smtp_username {advice}")
    if delivery.smtp_password and not delivery.smtp_username and "smtp_username" not in values:
        problems.add(values["smtp_password"].origin, "delivery.smtp_password needs delivery.smtp_username")
    if delivery.smtp_password and delivery.smtp_security == "none" and not _is_local(delivery.smtp_host):
        advice = 'would send the password unencrypted; write "starttls" or "tls"'
        problems.add(values["smtp_security"].origin, f'delivery.smtp_security = "none" {advice}')


def _schedule(schedule: ScheduleSettings, values: Mapping[str, Value], problems: Problems) -> None:
    if schedule.series == CORRECTIONS:
        advice = "is the series of all corrections; give it another name"
        problems.add(values["series"].origin, f'schedule.series = "{CORRECTIONS}" {advice}')


def _dkim(dkim: DkimSettings, values: Mapping[str, Value], problems: Problems) -> None:
    for kind, selector, path in (
        ("rsa", dkim.rsa_selector, dkim.rsa_key),
        ("ed25519", dkim.ed25519_selector, dkim.ed25519_key),
    ):
        has, lacks = ("selector", "key") if selector else ("key", "selector")
        if bool(selector) != bool(path) and f"{kind}_{lacks}" not in values:
            advice = f"needs {kind}_{lacks} beside it; `digest dkim new` prints both"
            problems.add(values[f"{kind}_{has}"].origin, f"dkim.{kind}_{has} {advice}")
    if (
        dkim.domain
        and not (dkim.rsa_key or dkim.ed25519_key)
        and not {"rsa_key", "ed25519_key"} & set(values)
    ):
        problems.add(
            values["domain"].origin, "dkim.domain signs nothing without a key; `digest dkim new` makes one"
        )


def _bounces(bounces: BounceSettings, values: Mapping[str, Value], problems: Problems) -> None:
    if bounces.verp and not bounces.address:
        advice = "needs bounces.address, which every message's own sender is made of"
        problems.add(values["verp"].origin, f"bounces.verp = true {advice}")
    if len(bounces.address.rpartition("@")[0]) > _LONGEST_VERP_LOCAL and bounces.verp:
        advice = (
            f"leaves no room for a reference; its part before the @ may have {_LONGEST_VERP_LOCAL} letters"
        )
        problems.add(values["address"].origin, f"bounces.address {advice}")
    if bounces.imap_host:
        for name in ("imap_username", "imap_password"):
            if not getattr(bounces, name) and name not in values:
                problems.add(values["imap_host"].origin, f"bounces.imap_host needs bounces.{name}")
    if bounces.imap_password and bounces.imap_security == "none" and not _is_local(bounces.imap_host):
        advice = 'would send the password unencrypted; write "tls" or "starttls"'
        problems.add(values["imap_security"].origin, f'bounces.imap_security = "none" {advice}')


def _window(
    delivery: DeliverySettings, schedule: ScheduleSettings, values: Mapping[str, Value], problems: Problems
) -> None:
    if not may_go_out(delivery, schedule.send_at):
        advice = f"does not hold schedule.send_at, {schedule.send_at:%H:%M}: nothing would go out on time"
        problems.add(values["window"].origin, f'delivery.window = "{delivery.window}" {advice}')


def may_go_out(delivery: DeliverySettings, at: time) -> bool:
    """Whether the delivery window holds a time of day."""
    return not delivery.window or Window.of(delivery.window).holds(at)


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


def _model(summaries: SummarySettings, values: Mapping[str, Value], problems: Problems) -> None:
    """What a language model needs, and where its key would be seen by others."""
    if summaries.method != "model":
        return
    for name, value in (("model_url", summaries.model_url), ("model", summaries.model)):
        if not value and not (name in values and values[name].content):  # a wrong one is told of already
            origin = values.get(name, values["method"]).origin
            problems.add(origin, f'summaries.method = "model" needs summaries.{name}')
    if summaries.model_url:
        _model_url(summaries, values["model_url"].origin, problems)
    key = summaries.model_key
    if key and not (key.isascii() and key.isprintable() and " " not in key):
        advice = "holds a space or a letter that no key has; write it as the server's owner gave it"
        problems.add(values["model_key"].origin, f"summaries.model_key {advice}")
    if summaries.model_timeout > summaries.model_budget:
        budget = show_duration(summaries.model_budget)
        origin = values.get("model_timeout", values.get("model_budget", values["method"])).origin
        problems.add(origin, f"summaries.model_timeout is longer than model_budget, {budget}")
    if summaries.max_cost_per_day and not (summaries.price_in or summaries.price_out):
        origin = values["max_cost_per_day"].origin
        problems.add(origin, "summaries.max_cost_per_day needs price_in and price_out to reckon with")


def _model_url(summaries: SummarySettings, origin: str, problems: Problems) -> None:
    parts = urlsplit(summaries.model_url)
    if parts.username is not None or parts.password is not None:
        problems.add(origin, "summaries.model_url holds a log-in; put the key into summaries.model_key")
    if parts.path.endswith("/completions"):
        advice = 'ends in a path that is added by itself; write it up to "/v1"'
        problems.add(origin, f"summaries.model_url {advice}")
    if summaries.model_key and parts.scheme != "https" and not _is_local(parts.hostname or ""):
        advice = 'would send the key unencrypted; write "https://", or no key'
        problems.add(origin, f"summaries.model_url {advice}")


def _look(look: Any, values: Mapping[str, Value], problems: Problems) -> None:
    """Colours are told where either of a pair was set: the defaults go together."""
    chosen = asdict(look)
    for fault in (*unreadable(chosen), *logo_faults(chosen)):
        # One that was refused by itself has its default here: then the pair is not as it was meant.
        meant = all(
            name not in values or not name or values[name].content == chosen[name]
            for name in (fault.field, fault.other)
        )
        if meant:
            place = values.get(fault.field) or values[fault.other]
            problems.add(place.origin, f"look.{fault.field} {fault.text}")


def _web(web: WebSettings, values: Mapping[str, Value], problems: Problems) -> None:
    if web.secret and len(web.secret) < MIN_SECRET:
        advice = f"is too short to be safe; write {MIN_SECRET} characters or more, or leave it empty"
        problems.add(values["secret"].origin, f"web.secret {advice}")
