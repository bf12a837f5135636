"""From settings to the options of the stages, one function each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from digest.deliver.backoff import longest_wait_s
from digest.gather.options import GatherOptions
from digest.model.wording import Wording
from digest.parts import Keep, Recency, Series, SignUps
from digest.render import Publication
from digest.schedule import Schedule
from digest.settings import Settings
from digest.settings.quantities import DAY_NAMES, ends_of
from digest.wiring.mail import sending_of

GATHER_WITHIN_S = 120  # a slow morning on the web must not make an edition late
PREFETCH = timedelta(days=3)  # how far a Monday may reach back over days without an edition
RESUME_FOR = timedelta(days=1)  # at least
SENDING_TAKES = timedelta(hours=3)  # until the last message was tried for the first time


def publication_of(settings: Settings) -> Publication:
    """What readers see of the publication."""
    chosen, wording = settings.publication, settings.wording
    ours = Wording()
    own_words = wording.preferences != ours.preferences
    if settings.series and not (own_words and wording.preferences_and_series == ours.preferences_and_series):
        wording = replace(wording, preferences=wording.preferences_and_series)
    return Publication(
        name=chosen.name,
        slug=chosen.slug,
        from_name=settings.from_name,
        from_email=chosen.from_email,
        reply_to=chosen.reply_to,
        postal_address=chosen.postal_address,
        publisher=chosen.publisher or chosen.name,
        base_url=chosen.base_url,
        privacy_url=chosen.privacy_url,
        language=chosen.language,
        timezone=chosen.timezone,
        headers=tuple(_header(line) for line in settings.delivery.headers),
        look=settings.look,
        wording=wording,
    )


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name, value.strip()


def schedule_of(settings: Settings) -> Schedule:
    """When the series goes out."""
    chosen = settings.schedule
    return Schedule(
        series=chosen.series,
        send_at=chosen.send_at,
        days=_weekdays(chosen.days),
        days_off=_days_of(chosen.days_off),
        timezone=settings.publication.timezone,
        draft_before=chosen.draft_before,
        max_lateness=chosen.max_lateness,
        finish_within=chosen.max_lateness + _resume_for(settings),
        silence_sends=chosen.approval == "silence-sends",
    )


def _resume_for(settings: Settings) -> timedelta:
    """How long a begun edition goes on by itself: until what is put off has had all its tries."""
    tries = timedelta(seconds=longest_wait_s(sending_of(settings).retry))
    return max(RESUME_FOR, SENDING_TAKES + tries)


def series_of(settings: Settings) -> tuple[Series, ...]:
    """Every series that is scheduled, that of [schedule] first."""
    main = schedule_of(settings)
    recency = Recency(settings.gather.max_age, settings.gather.reach_back)
    found = [Series(main, recency, settings.schedule.label or main.days_in_words())]
    for one in settings.series:
        schedule = replace(
            main,
            series=one.name,
            days=_weekdays(one.days),
            send_at=one.send_at or main.send_at,
        )
        since_the_last = replace(recency, reach_back=True)
        label = one.label or schedule.days_in_words()
        found.append(Series(schedule, since_the_last, label, one.title, one.max_stories))
    often = Counter(one.label for one in found)
    return tuple(
        replace(one, label=f"{one.label}, {one.schedule.send_at:%H:%M}") if often[one.label] > 1 else one
        for one in found
    )


def _weekdays(names: Iterable[str]) -> frozenset[int]:
    """Days as ISO counts them, from Monday, 1."""
    return frozenset(DAY_NAMES.index(day) + 1 for day in names)


def _days_of(spans: Iterable[str]) -> frozenset[date]:
    """Every day of these spans."""
    ends = map(ends_of, spans)
    return frozenset(first + timedelta(n) for first, last in ends for n in range((last - first).days + 1))


def gathering_of(settings: Settings) -> GatherOptions:
    """Limits of fetching."""
    chosen = settings.gather
    agent = chosen.user_agent or f"digest/0.1 (+{settings.publication.base_url})"
    return GatherOptions(
        user_agent=agent,
        timeout_s=chosen.timeout.total_seconds(),
        max_bytes=chosen.max_bytes_mib * 1024 * 1024,
        max_redirects=chosen.max_redirects,
        max_entries=chosen.max_entries,
        max_per_host=chosen.per_host,
        workers=chosen.workers,
        gather_every_s=settings.schedule.gather_every.total_seconds(),
        max_age=chosen.max_age + (PREFETCH if chosen.reach_back else timedelta(0)),
        run_timeout_s=GATHER_WITHIN_S,
    )


def keep_of(settings: Settings) -> Keep:
    """How long what is no longer needed is kept."""
    chosen = settings.retention
    return Keep(
        articles=chosen.articles,
        model_answers=chosen.model_answers,
        recipients=chosen.recipients,
        unconfirmed=chosen.unconfirmed,
        departed=chosen.departed,
    )


def sign_ups_of(settings: Settings) -> SignUps:
    """How people may subscribe by themselves."""
    chosen = settings.web
    valid_for = min(chosen.confirm_within, settings.retention.unconfirmed)  # then what it confirms is gone
    return SignUps(chosen.subscribe, valid_for, chosen.sign_ups_per_hour, chosen.proxies)
