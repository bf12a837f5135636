"""Words too common to tell one event from another, in the languages most feeds are in."""

from __future__ import annotations

_ENGLISH = """
a about above after again against all also although am among an and any are around as at away back
be became because become been before being below between both but by came can come could day days
did do does doing done down during each early even ever every few first for former found from
further get gets getting give given go goes going gone got had has have having he her here hers him
his how however i if in into is it its itself just last late later latest least less like made make
makes making many may me might more most mr mrs ms much must my near never new news next no nor not
now of off often old on once one only or other others our out over own part per put said same saw
say says see seen set she should since so some still such take taken takes taking than that the
their them then there these they this those though three through time times to today told too took
toward towards two under until up upon us very via want wants was way we week weeks well went were
what when where whether which while who whom whose why will with within without would year years yes
yet yesterday you your monday tuesday wednesday thursday friday saturday sunday january february
march april june july august september october november december jan feb mar apr jun jul aug sep
sept oct nov dec according read story reuters afp ap report reports reported continue reading click
subscribe newsletter live update updates breaking exclusive analysis opinion watch video photo
photos image images caption getty file sign email emails
"""
_OTHERS = """
le la les un une des du de et en dans pour par sur avec est sont qui que quoi au aux ce cette ces il
elle ils se sa son ses plus pas ne ou mais der die das den dem ein eine einer und ist sind im von zu
mit auf nicht auch sich fur el los las una y es por con para como del al se lo su sus o och i att
det som pa av til og den et er in di che il lo gli e per non
"""
_RUSSIAN = "и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по из"  # noqa: RUF001 - they are Cyrillic

STOPWORDS = frozenset(f"{_ENGLISH} {_OTHERS} {_RUSSIAN}".split())
