"""Words that are in the news on any day, whatever happened: they tell topics apart, not events.

A batch of one day can't know them: a country that is in five of its articles looks as rare as a village
that is. Our own list, from knowledge of the news and not from counting any: countries with all that stands
for them (``countries``), regions, powers, leaders whose names others bear too, and the trade's own words. A
name that is missing counts as rare until the batch is full of it, and one too many counts a little less.
"""

from __future__ import annotations

from digest.group.countries import COUNTRY_WORDS

_REGIONS = """
Africa African Arab Arabia Arctic Asia Asian Atlantic Baltic Caribbean Europe European Georgia Georgian Gulf
Kurd Kurdish Latin Mediterranean Pacific Red Sea Strait
Western Eastern Northern Southern north south east west
"""
_POWERS = """
Abu Brussels EU NATO UN Congress Senate Parliament Commons Republican Democrat Democratic Conservative Labour
Liberal GOP
"""
_LEADERS = """
Donald Harris Johnson Kim Lee Vladimir
"""
_TRADE = """
agency announce announced announcement authority authorities billion chief city citizen country decade
department deputy expect expected expert foreign former general global government governor group half head
hour hundred international issue leader leadership local major million minister ministry month morning
nation national office officer official organisation organization people percent police politician political
politics population president presidency presidential prime province public region regional representative
resident secretary senior situation source spokesman spokesperson spokeswoman state statement thousand town
top week weekend world
"""

ALWAYS_IN_THE_NEWS = COUNTRY_WORDS | frozenset(f"{_REGIONS} {_POWERS} {_LEADERS} {_TRADE}".split())
