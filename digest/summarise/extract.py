"""The offline summary: sentences of the articles themselves, chosen together over all tellings of a story.

``candidates`` says what may be printed at all, ``together`` which of it may stand side by side and
``standing`` how well that would do. Here they are put together: every choice of one or two sentences is
compared, and the best grows by a sentence at a time as long as that makes it better.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, combinations

from digest.model.news import Story
from digest.summarise.candidates import Sentence, candidates
from digest.summarise.standing import Choice, Standing
from digest.summarise.together import Together

_SHORTLIST = 12  # sentences that do best alone; the choices among more are too many to compare
_PAIR = 2
# In standard scores of a measure, for what opens a telling: a report says there what happened, a feature
# sets its scene. Anything from 1 to 4 chooses alike on the stories that this was looked at with.
_OPENS = 2.0


def extract(
    story: Story, *, max_sentences: int, max_words: int, at_odds: bool = True
) -> tuple[Sentence, ...]:
    """The chosen sentences in reading order; empty when no sentence of the story may stand by itself.

    Never more than ``max_sentences``, never more than ``max_words`` together, never part of a sentence.
    The first always stands on its own; one that leans on its predecessor comes only right after it. What
    another telling than the first adds is about what the first tells, under whose headline it will stand;
    where none of it is, the first is read alone. Without ``at_odds`` no sentence has another toll than the
    headline.
    """
    pool = candidates(story, max_words=max_words, at_odds=at_odds)
    if not pool:
        return ()
    standing = Standing(story, pool)
    alone = standing.of([(number,) for number in range(len(pool))])
    together = Together(story, pool, alone, max_words=max_words)
    ranked = sorted(range(len(pool)), key=lambda number: (-alone[number], number))
    sound = [number for number in ranked if together.may_stand((number,)) and together.fits((number,))]
    best = list(dict.fromkeys((*ranked[:_SHORTLIST], *sound[:1])))
    sizes = range(1, min(max_sentences, _PAIR) + 1)
    choices = chain.from_iterable(combinations(sorted(best), size) for size in sizes)
    chosen = _best(list(filter(together.may_stand, choices)), standing, together)
    while _PAIR <= len(chosen) < max_sentences:
        more = ((*chosen, number) for number in best if number not in chosen)
        better = _best([chosen, *filter(together.may_stand, more)], standing, together)
        if better == chosen:
            break
        chosen = better
    if not chosen and len(story.articles) > 1:
        lead = replace(story, articles=story.articles[:1])
        return extract(lead, max_sentences=max_sentences, max_words=max_words, at_odds=at_odds)
    return together.in_order(chosen)


def _best(choices: list[Choice], standing: Standing, together: Together) -> Choice:
    """The best of those that fit the story, or (); those that don't are there for the scale of the others."""
    if not (fitting := list(filter(together.fits, choices))):
        return ()
    worth = dict(zip(choices, standing.of(choices), strict=True))
    return max(fitting, key=lambda choice: worth[choice] + _OPENS * together.opens(choice))
