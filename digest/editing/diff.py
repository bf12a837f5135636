"""From what the file says to what it decides, and to words for it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from digest.editing.change import Change, Wording
from digest.editing.filing import Filing, filing
from digest.editing.joining import join
from digest.editing.order import Request, places
from digest.editing.sheet import LEAD, LEADS, NEAR, PINNED, Block, Entry, Mark, Page, Problem, Sheet, one_line
from digest.model.decisions import DecisionKind

_NAMED = 60  # characters of a headline in a message
_LONGEST = {DecisionKind.HEADLINE: 300, DecisionKind.SUMMARY: 2_000}  # characters; some 300 words


def diff(sheet: Sheet, page: Page, *, series: str, by: str, now: datetime) -> Change:
    """What the edited file decides: nothing when it is as it was written, or when it has ``problems``."""
    change = Change(series, by, now)
    blocks = sheet.blocks
    entries = {entry.number: entry for entry in page.entries}
    _complete(sheet, entries, change)
    if change.problems:
        return change
    gone = join(sheet, list(entries.values()), change)
    filings: dict[int, Filing] = {}
    for number, entry in entries.items():
        if number in gone:
            continue
        block = blocks[number]
        filings[number] = _filed(sheet, block, entry, change)
        _marked(block, entry, change)
        _pictured(block, entry, change)
        _led(block, entry, change)
        merged = (blocks[part].ids for part, root in gone.items() if root == number)
        _worded(block, entry, change, block.ids.union(*merged))
    if not change.problems:
        _ordered(sheet, [entry for number, entry in entries.items() if number not in gone], filings, change)
    return change


def name(block: Block) -> str:
    """A story in a message."""
    headline = one_line(block.headline)
    short = headline if len(headline) <= _NAMED else headline[:_NAMED].rsplit(" ", 1)[0] + "…"
    return f's{block.number} "{short}"'


def _complete(sheet: Sheet, entries: dict[int, Entry], change: Change) -> None:
    """Every story is still there, and stands where its mark allows."""
    inside = {block.number for block in sheet.ranking}
    for number, block in sheet.blocks.items():
        if number not in entries:
            first = f"`{'drop' if number in inside else block.mark} s{number} {one_line(block.headline)}`"
            mend = (
                "to leave it out, put back its first line" if number in inside else "put back its first line"
            )
            change.problems.append(Problem(0, f"{name(block)} is missing: {mend}: {first}"))
    for entry in entries.values():
        if entry.number in inside and entry.mark is Mark.OUT:
            change.problems.append(
                Problem(entry.line, f"s{entry.number} is in: write `drop` to leave it out")
            )
        elif entry.number in inside and entry.heading == NEAR and entry.mark is Mark.KEEP:
            mend = "move it back up, or write `drop` to leave it out"
            change.problems.append(Problem(entry.line, f"s{entry.number} stands among what is out: {mend}"))
        elif entry.number not in inside and entry.heading != NEAR and entry.mark is not Mark.KEEP:
            mend = "write `keep` to bring it in, or move it back to the end"
            change.problems.append(Problem(entry.line, f"s{entry.number} stands among what is in: {mend}"))
        elif entry.mark is Mark.OUT and (entry.pinned or entry.themes is not None):
            change.problems.append(
                Problem(entry.line, f"s{entry.number} is out: write `keep` to bring it in")
            )
    _one_lead(sheet, entries, change)


def _one_lead(sheet: Sheet, entries: dict[int, Entry], change: Change) -> None:
    kept = [entry for entry in entries.values() if entry.heading == LEAD and entry.mark is Mark.KEEP]
    if len(kept) > 1:
        change.problems.append(Problem(kept[1].line, "only one story can lead: move the others down"))
    was = entries.get(sheet.ranking[0].number) if sheet.ranking else None
    if not kept and was and was.mark is Mark.KEEP and was.heading != LEAD and not was.merge_with:
        mend = 'move the story that is to lead under "The lead"'
        change.problems.append(Problem(was.line, f"s{was.number} led, and now no story does: {mend}"))


def _marked(block: Block, entry: Entry, change: Change) -> None:
    if entry.mark is Mark.DROP and block.mark is not Mark.DROP:
        for number in sorted(block.ids):
            change.decide(DecisionKind.DROP, number)
        change.words.append(f"{name(block)}: dropped")
    elif block.mark is Mark.DROP and entry.mark is not Mark.DROP:
        change.revoke(DecisionKind.DROP, block)
        change.words.append(f"{name(block)}: no longer dropped")


def _pictured(block: Block, entry: Entry, change: Change) -> None:
    without = block.latest(DecisionKind.NO_PICTURE) is not None
    if entry.no_picture and not without:
        change.say(DecisionKind.NO_PICTURE, block, "")
        change.words.append(f"{name(block)}: its picture left out")
    elif without and not entry.no_picture and block.mark is Mark.KEEP:  # of others the file doesn't tell it
        change.revoke(DecisionKind.NO_PICTURE, block)
        change.words.append(f"{name(block)}: with its picture again")


def _led(block: Block, entry: Entry, change: Change) -> None:
    if entry.leads and entry.leads != block.leads:
        if entry.leads not in block.ids:
            problem = f"s{block.number} has no article {entry.leads}: their numbers stand below it"
            change.problems.append(Problem(entry.at(LEADS), problem))
            return
        if any(entry.leads in group for group in entry.split):
            problem = f"article {entry.leads} is split off s{block.number}, and can't lead it"
            change.problems.append(Problem(entry.at(LEADS), problem))
            return
        change.revoke(DecisionKind.LEADS, block, but=entry.leads)
        change.decide(DecisionKind.LEADS, entry.leads)
        outlet = next(telling.outlet for telling in block.tellings if telling.number == entry.leads)
        change.words.append(f"{name(block)}: led by {outlet}, article {entry.leads}")
    elif block.leads and not entry.leads and block.mark is Mark.KEEP:  # of others the file doesn't tell it
        change.revoke(DecisionKind.LEADS, block)
        change.words.append(f"{name(block)}: led by its best telling again")


def _filed(sheet: Sheet, block: Block, entry: Entry, change: Change) -> Filing:
    found = filing(sheet, block, entry)
    if found.problem:
        change.problems.append(found.problem)
    elif found.revoked:
        change.revoke(DecisionKind.FILE, block)
        change.words.append(f"{name(block)}: filed by its own terms again")
    elif found.themes is not None:
        change.say(DecisionKind.FILE, block, " ".join(found.themes))
        under = ", ".join(sheet.themes[slug] for slug in found.themes)
        out = "" if sheet.also_today or block.place or entry.pinned else ", and so out"
        change.words.append(f"{name(block)}: filed under {under or f'no theme{out}'}")
    return found


def _worded(block: Block, entry: Entry, change: Change, ids: frozenset[int]) -> None:
    """New words, which the articles ``ids`` have to bear out, or the source's again."""
    was, own = one_line(block.headline), one_line(block.source_headline)
    rewritten = block.latest(DecisionKind.HEADLINE)
    if entry.headline != was:
        if rewritten and entry.headline in {"", own}:
            change.revoke(DecisionKind.HEADLINE, block)
            change.words.append(f"{name(block)}: its source's headline again")
        elif any(map(str.isalnum, entry.headline)):
            _rewrite(DecisionKind.HEADLINE, block, entry, change, ids)
        else:
            change.problems.append(
                Problem(entry.line, f"s{block.number} has no headline: {was!r} stood there")
            )
    was, own = one_line(block.summary), one_line(block.source_summary)
    if entry.summary == was:
        return
    if block.latest(DecisionKind.SUMMARY) and entry.summary in {"", own}:
        change.revoke(DecisionKind.SUMMARY, block)
        change.words.append(f"{name(block)}: its sources' summary again")
    elif entry.summary:
        _rewrite(DecisionKind.SUMMARY, block, entry, change, ids)
    elif entry.mark is Mark.KEEP:
        text = f"the text of s{block.number} is gone: put it back or write your own; it was: {was}"
        change.problems.append(Problem(entry.line, text))


def _rewrite(kind: DecisionKind, block: Block, entry: Entry, change: Change, ids: frozenset[int]) -> None:
    is_headline = kind is DecisionKind.HEADLINE
    text, line = (entry.headline, entry.line) if is_headline else (entry.summary, entry.at("text"))
    if len(text) > (longest := _LONGEST[kind]):
        mend = f"has {len(text)} characters, and {longest} are the most: shorten it"
        change.problems.append(Problem(line, f"the {kind.value} of s{block.number} {mend}"))
        return
    change.say(kind, block, text)
    change.words.append(f"{name(block)}: {kind.value} rewritten: {text}")
    change.wordings.append(Wording(name(block), text, ids, is_headline, entry.facts_confirmed, line))


def _ordered(sheet: Sheet, entries: Sequence[Entry], filings: dict[int, Filing], change: Change) -> None:
    """Pins, written by hand or made by moving stories; see ``digest.editing.order``."""
    if _as_it_was(sheet, entries):
        return
    blocks = sheet.blocks
    kept = [entry for entry in entries if entry.mark is Mark.KEEP]
    inside = [block.number for block in sheet.ranking if block.number in {entry.number for entry in kept}]
    old = {number: blocks[number].place for number in inside if blocks[number].place}
    fixed = {e.number: e.pinned for e in kept if e.pinned and e.pinned != old.get(e.number)}
    if not _each_at_its_place(kept, fixed.keys(), change):
        return
    unpinned = {e.number for e in kept if e.number in old and e.pinned is None}
    lead = next((e.number for e in kept if e.heading == LEAD), None)
    unread = fixed.keys() | unpinned | {number for number, found in filings.items() if found.by_hand}
    entering = [e.number for e in kept if e.number not in inside and _comes_in(blocks[e.number], e)]
    chains: dict[str, list[int]] = {}
    for entry in kept:
        if entry.heading not in {LEAD, NEAR} and entry.number not in unread:
            chains.setdefault(entry.heading, []).append(entry.number)
    request = Request(
        ranking=inside,
        chains=list(chains.values()),
        lead=None if lead in unread else lead,
        pinned={number: place for number, place in old.items() if number not in fixed.keys() | unpinned},
        fixed=fixed,
        entering=entering,
    )
    wanted = places(request) | fixed
    for number in sorted(wanted, key=lambda number: (wanted[number], number)):
        if wanted[number] != old.get(number):
            change.say(DecisionKind.PIN, blocks[number], str(wanted[number]))
            coming = "brought in and " if number in entering else ""
            change.words.append(f"{name(blocks[number])}: {coming}pinned to {wanted[number]}")
    for number in sorted(unpinned):
        change.revoke(DecisionKind.PIN, blocks[number])
        change.words.append(f"{name(blocks[number])}: no longer pinned")


def _each_at_its_place(kept: Sequence[Entry], fixed: Collection[int], change: Change) -> bool:
    """Whether no place that was written by hand is another story's as well."""
    taken: dict[int, Entry] = {}
    for entry in sorted(kept, key=lambda entry: entry.number in fixed):  # what was there already first
        other = taken.setdefault(entry.pinned or -entry.number, entry)
        if other is not entry and entry.number in fixed:
            mend = "give one of them another place"
            text = f"s{entry.number} is pinned to {entry.pinned}, and so is s{other.number}: {mend}"
            change.problems.append(Problem(entry.at(PINNED), text))
    return not change.problems


def _as_it_was(sheet: Sheet, entries: Sequence[Entry]) -> bool:
    """Whether nobody moved, dropped or pinned anything: then no pin changes, whatever it came to."""
    was = [
        (heading, block.number, block.mark, block.place or None)
        for heading, blocks in sheet.parts.items()
        for block in blocks
    ]
    return was == [(entry.heading, entry.number, entry.mark, entry.pinned) for entry in entries]


def _comes_in(block: Block, entry: Entry) -> bool:
    """Whether a story that was out is pinned: one that was only dropped takes the place its rank gives."""
    return block.mark is Mark.OUT or entry.heading != NEAR or bool(entry.pinned)
