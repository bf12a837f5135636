"""What an article says of a theme's places: something that concerns the theme, or something else.

A place says where, not what. A theme may name hard topics, which make news of its places its news, and
soft ones, which it leaves to others (sport, travel, crime ...). What says the theme without a place (a
phrase, an acronym, a force, a leader) is hard too. Three rules follow:

- **A soft subject.** When soft words outweigh hard ones, the points shrink by the ratio of the two, and
  only ``most`` of them count: many names don't buy a match report off. Words of the title count
  double. Outside the title up to two soft words say nothing, and more count half: every report
  has some. Hard words outside the title are half evidence when a soft one stands in it: a match
  report is full of attacks and defences. Under a title with what the theme
  may be but the trigger or the setting of (``rows``: a campus, a rescue at sea), only its dealings are hard:
  the rest is full of war and courts.
- **A bare name.** When nothing hard is said in title, dek or lead, the points end at ``cap``, for an editor
  to check. A pair tells without a hard word, unless its topics are everyday words as well (``needs_hard``):
  a village and a place in the far north meet in any story from there.
- **A soft story.** When the title says nothing hard, and below it more words are soft than hard, the points
  end at ``cap``, too: one hard word is in many a portrait, a find or a journey.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from digest.group.sightings import REST, TITLE, WHERE, Seen
from digest.group.terms import Theme
from digest.model.news import Hit

_TITLE_WORTH = 2.0
_SOFT_WORTH = 0.5
_BESIDE_SOFT_TITLE = 0.5
_SOFT_ASIDES = 2  # soft words outside the title that every report may have
_SHOWN = 4
_BARE_NAME = "a bare name"
_SOFT_STORY = "a soft story: nothing hard in the title, more soft than hard words below"


def doubt(
    theme: Theme, seen: Mapping[str, Seen], total: float, *, most: float, cap: float, told: bool
) -> list[Hit]:
    """What to take from ``total`` points, as hits with points below nought; none when nothing is doubtful.

    ``told``: the theme is named without hard words, by a pair or a strong term under a title that names it.
    """
    if total <= 0:
        return []
    near = [key for key in seen if seen[key].best < REST]
    soft = [key for key in near if key in theme.soft]
    hard = [key for key in near if key in theme.hard]
    row = any(key in theme.rows and seen[key].best == TITLE for key in soft)
    speaking = [key for key in near if key in theme.dealings] if row else hard
    share = _share(_places(soft, seen), _places(speaking, seen))
    hits: list[Hit] = []
    left = total
    if share < 1:
        left = share * min(total, most)
        shown = ", ".join(key.partition(":")[2] for key in soft[:_SHOWN])
        where = WHERE[min(seen[key].best for key in soft)]
        hits.append(Hit(f"soft subject: {shown}", where, len(soft), -round(total - left, 3)))
    reason = _why_unsure(_places(soft, seen), _places(hard, seen), told=told) if theme.asks_for_hard else ""
    if reason and left > cap:
        hits.append(Hit(reason, "title", 1, -round(left - cap, 3)))
    return hits


def _why_unsure(soft: tuple[int, int], hard: tuple[int, int], *, told: bool) -> str:
    """Why an editor has to look, whatever the points; "" for no reason."""
    if not any(hard):
        return "" if told else _BARE_NAME
    return _SOFT_STORY if not hard[0] and soft[1] > hard[1] else ""


def _places(keys: Collection[str], seen: Mapping[str, Seen]) -> tuple[int, int]:
    """How many of the words stand in the title, and how many in dek and lead only.

    What several keys find at one place ("sled dog", "sled-dog") is one word.
    """
    titled = {seen[key].positions[TITLE][0] for key in keys if seen[key].best == TITLE}
    below = {
        (seen[key].best, seen[key].positions[seen[key].best][0]) for key in keys if seen[key].best > TITLE
    }
    return len(titled), len(below)


def _share(soft: tuple[int, int], hard: tuple[int, int]) -> float:
    """How much of the points stays: 1 unless the soft words outweigh the hard ones."""
    against = _TITLE_WORTH * soft[0] + (_SOFT_WORTH * soft[1] if soft[0] or soft[1] > _SOFT_ASIDES else 0.0)
    speaking = _TITLE_WORTH * hard[0] + hard[1] * (_BESIDE_SOFT_TITLE if soft[0] else 1.0)
    return min(1.0, (speaking + 1) / (against + 1))
