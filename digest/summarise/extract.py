"""The offline summary: sentences of the articles themselves, chosen together over all tellings of a story.

``candidates`` says what may be printed at all and ``standing`` how well some of them would do together. Here
they are put together: every choice of one or two sentences that may stand side by side is compared, and the
best grows by a sentence at a time as long as that makes it better.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, combinations

from digest.model.news import Story
from digest.summarise.candidates import Sentence, candidates
from digest.summarise.standing import Choice, Standing, likeness

# More alike, and two never stand together. 0.5 gains 0.4 of ROUGE-2, but one summary in ten then says the
# same thing twice.
_SAME = 0.4
_SHORTLIST = 12  # sentences that do best alone; the choices among more are too many to compare
_PAIR = 2


def extract(story: Story, *, max_sentences: int, max_words: int) -> tuple[Sentence, ...]:
    """The chosen sentences in reading order; empty when no sentence of the story may stand by itself.

    Never more than ``max_sentences``, never more than ``max_words`` together, never part of a sentence.
    The first always stands on its own; one that leans on its predecessor comes only right after it.
    """
    pool = candidates(story, max_words=max_words)
    if not pool:
        return ()
    standing = Standing(story, pool)
    alone = standing.of([(number,) for number in range(len(pool))])
    best = sorted(range(len(pool)), key=lambda number: (-alone[number], number))[:_SHORTLIST]

    def may_stand(choice: Choice) -> bool:
        return _may_stand([pool[number] for number in choice], max_words)

    sizes = range(1, min(max_sentences, _PAIR) + 1)
    choices = list(filter(may_stand, chain.from_iterable(combinations(sorted(best), n) for n in sizes)))
    chosen: Choice = ()
    while choices:
        worth = standing.of(choices)
        better = choices[max(range(len(choices)), key=lambda at: (worth[at], -at))]
        if better == chosen:
            break
        chosen = better
        more = [(*chosen, number) for number in best if number not in chosen]
        choices = [chosen, *filter(may_stand, more)] if _PAIR <= len(chosen) < max_sentences else []
    return _in_order([pool[number] for number in chosen], [alone[number] for number in chosen])


def _may_stand(chosen: Sequence[Sentence], max_words: int) -> bool:
    """Whether these fit the limit, say different things, and each that leans has the sentence it leans on."""
    return (
        sum(sentence.words for sentence in chosen) <= max_words
        and all(likeness(one, other) < _SAME for one, other in combinations(chosen, 2))
        and all(_follows(sentence, chosen) for sentence in chosen if sentence.leans)
    )


def _follows(sentence: Sentence, chosen: Sequence[Sentence]) -> bool:
    """Whether the sentence before it in its own text is there too."""
    return any(other.telling == sentence.telling and other.place == sentence.place - 1 for other in chosen)


def _in_order(chosen: Sequence[Sentence], alone: Sequence[float]) -> tuple[Sentence, ...]:
    """Each telling's sentences together and in order of its text; the telling that does best alone first."""
    best: dict[int, float] = {}
    for sentence, worth in zip(chosen, alone, strict=True):
        best[sentence.telling] = max(best.get(sentence.telling, worth), worth)
    return tuple(sorted(chosen, key=lambda one: (-best[one.telling], one.telling, one.place)))
