"""Every phrase of ours that a reader meets, so that a publisher can reword or translate it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from string import Formatter

from digest.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Wording:
    """Phrases; words in braces are filled in, and a rewording may use only those of the original.

    Where a phrase depends on a number, ``_one`` is for exactly one. Raises ConfigurationError for
    an unknown word in braces.
    """

    weekdays: tuple[str, ...] = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    months: tuple[str, ...] = (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    )
    date: str = "{weekday}, {day} {month} {year}"
    short_date: str = "{day} {month}"
    weekday_time: str = "{weekday} {time}"
    date_time: str = "{date}, {time}"
    stories: str = "{n} stories"
    stories_one: str = "1 story"
    from_outlets: str = "from {n} outlets"
    from_outlets_one: str = "from 1 outlet"
    minutes: str = "{n} minutes to read"
    minutes_one: str = "1 minute to read"
    view_online: str = "View in browser"
    contents: str = "In this edition"
    notice_title: str = "How this is made"
    full_notice_title: str = "About the use of AI"
    lead: str = "Top story"
    also_today: str = "Also today"
    in_brief: str = "Also in brief"
    web_more: str = "{n} more in the web edition"
    web_more_one: str = "1 more in the web edition"
    read_more: str = "Read more at {outlet}"
    read_more_label: str = "Read more at {outlet}: {headline}"
    discuss: str = "Join the discussion at {outlet}"
    discuss_label: str = "Join the discussion at {outlet}: {headline}"
    single_source: str = "single source"
    more_sources: str = "and {n} more"
    unlinked_more: str = "and {n} others"
    paywalled: str = "Paywall"
    untitled: str = "Untitled story"
    update: str = "Update"
    related: str = "Related"
    related_edition: str = "in our edition of {date}"
    picture_credit: str = "Photo: {credit}"
    picture_from: str = "Photo from {outlet}"
    ai_source: str = "{outlet} has a notice on the use of AI"
    how_publisher: str = "Summary by {source}"
    how_publisher_alone: str = "Summary by the outlet"
    how_extract: str = "Extract from {source}"
    how_extract_alone: str = "Extract from the article"
    how_model: str = "AI summary by {model}, checked against the sources"
    how_editor: str = "Summary written by {reviewer}"
    how_editor_unnamed: str = "Summary written by our editors"
    how_none: str = "Headline only"
    reviewed: str = "{how}, reviewed by {reviewer}"
    quiet_title: str = "A quiet day"
    quiet_note: str = (
        "Nothing new on your themes was worth your time today. We will be back with the next edition."
    )
    quiet_read: str = "We looked at {articles} articles from {outlets} outlets."
    quiet_read_one: str = "We looked at 1 article from 1 outlet."
    quiet_read_one_outlet: str = "We looked at {articles} articles from 1 outlet."
    why: str = "You receive this because {address} is subscribed to {title}."
    your_themes: str = "Your themes: {themes}."
    how_often: str = "How often: {label}."  # of those who may choose between several series
    preferences: str = "Choose your themes"
    preferences_and_series: str = "Choose themes and how often"  # instead, for them
    unsubscribe: str = "Unsubscribe"
    privacy: str = "Privacy"
    published_by: str = "Published by {publisher}"
    times: str = "All times: {zone}"
    all_editions: str = "Past editions"
    subscribe: str = "Get {title} by e-mail"
    subscribe_short: str = "Get it by e-mail"
    subject_more: str = "{headline} + {n} more"
    subject_dated: str = "{title}: {headline}"
    correction: str = "Correction"
    correction_about: str = "About the edition of {date}"
    correction_notice: str = (
        "A person wrote this correction. The edition it corrects says how its stories were made."
    )
    subject_correction: str = "Correction: {headline}"
    subject_quiet: str = "{title}: a quiet day, {date}"
    preheader_also: str = "Also: {headlines}"
    test_banner: str = (
        "This is a test. Only the addresses named in the test command got it, and its personal links "
        "lead to a page that changes nothing."
    )
    confirm_subject: str = "{title}: please confirm your subscription"
    confirm_title: str = "Please confirm your subscription"
    confirm_text: str = (
        "Someone, most likely you, asked for {title} to be sent to {address}. Please confirm to start "
        "getting it."
    )
    confirm_button: str = "Confirm"
    confirm_until: str = "The link works once, until {when} ({zone})."
    confirm_ignore: str = "If it wasn't you, ignore this e-mail. You won't be subscribed unless you confirm."
    already_subject: str = "{title}: you are already subscribed"
    already_title: str = "You are already subscribed"
    already_text: str = (
        "Someone, most likely you, asked for {title} to be sent to {address}, which already gets it. If it "
        "isn't arriving, please check your spam folder."
    )
    already_ignore: str = "If it wasn't you who asked, ignore this e-mail. Nothing was changed."

    def __post_init__(self) -> None:
        """Refuse a rewording that asks for what is not there."""
        for each in fields(self):
            value, default = getattr(self, each.name), each.default
            if isinstance(default, str) and (fault := fault_in(value, default)):
                raise ConfigurationError(f"wording.{each.name}: {value!r} {fault}")
        if len(self.weekdays) != 7 or len(self.months) != 12:  # noqa: PLR2004 - of a week, of a year
            raise ConfigurationError("wording: weekdays needs 7 names and months 12")

    def counted(self, name: str, number: int) -> str:
        """The phrase ``name`` for ``number`` of something."""
        phrase: str = getattr(self, name + "_one" if number == 1 else name)
        return phrase.format(n=number)

    def day(self, when: dt.date, *, short: bool = False) -> str:
        """A date in words."""
        return (self.short_date if short else self.date).format(
            weekday=self.weekdays[when.weekday()],
            day=when.day,
            month=self.months[when.month - 1],
            year=when.year,
        )


def fault_in(phrase: str, default: str) -> str:
    """What is wrong with ``phrase`` in place of ``default``; "" where nothing is."""
    try:
        unknown = holes(phrase) - holes(default)
    except ValueError as error:
        return f"cannot be read: {error}; write a brace of its own twice, as {{{{ or }}}}"
    if not unknown:
        return ""
    known = ", ".join(f"{{{name}}}" for name in sorted(holes(default)))
    return f"knows no {{{min(unknown)}}}; it may use {known or 'no word in braces'}"


def holes(phrase: str) -> frozenset[str]:
    """The words in braces. Raises ValueError for a brace alone, and for anything but a word in them."""
    found = set()
    for _, hole, layout, conversion in Formatter().parse(phrase):
        if layout or conversion:
            raise ValueError(f"a word in braces stands alone, without {conversion or layout!r}")
        if hole is not None:
            found.add(hole)
    return frozenset(found)
