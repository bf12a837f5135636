"""What names are made of in English, as data: titles, days, peoples, and words that open a sentence.

Everything is lower case, as ``naming.plain`` gives it.
"""

from __future__ import annotations

import re

from digest.summarise.abbreviations import word_set

# Words that say what somebody is. A summary may add or leave them; whether 'President Holt' is one
# is not ours to know.
TITLES = word_set(
    """
    mr mrs ms miss mx dr prof professor sir dame lord lady president vice premier minister prime chancellor
    secretary senator sen senators representative rep reps congressman congresswoman congressmen speaker
    governor gov governors mayor judge justice chief general gen colonel col lieutenant lt captain capt
    major maj sergeant sgt admiral adm commander king queen prince princess pope cardinal bishop archbishop
    ambassador chairman chairwoman chair director ceo officer attorney leader majority minority spokesman
    spokeswoman former acting deputy emperor crown first republican democrat democratic gop i i'm i've i'll
    i'd ayatollah sheikh emir sultan imam shah tsar dictator nominee candidate presidential
    """
)
# Where somebody is from, as American papers put it: 'Rep. Ida Holt (D-Ore.)'. A summary may add it.
ORIGINS = re.compile(
    r"[rdi]-.{1,8}|d\.c|ala|ariz|ark|calif|colo|conn|del|fla|ga|ill|ind|kan|ky|la|md|mass|mich|minn|miss|mo|mont"
    r"|neb|nev|okla|ore|pa|tenn|tex|va|vt|wash|wis|wyo|n\.[cdhjmy]|s\.[cd]|r\.i|w\.va|[rd]"
)
# Words that open a sentence and are no name, beside STARTERS and what the endings show. English puts an
# article before most nouns, so that a bare word there which no source has is nearly always a name.
OPENERS = word_set(
    """
    that's what's here's there's who's it's let's let everyone everybody nobody somebody someone anyone
    nothing everything something anything police people media congress parliament government none neither
    either much little work staff nor only all almost just new even once twice half perhaps maybe instead
    again overall indeed whether like unlike despite amid around across along against above below beyond
    inside outside near old young top key big small high low long short good bad great further rather quite
    soon often never ever always thus hence whatever whoever another other own too very well less least few
    fewer out off up down back home average full real true free open own rain snow war peace oil gas trade
    talks health women men
    children
    """
)
ORDINARY = re.compile(
    r".*(?:s|ing|ed|ly|ion|ment|ness|ity|al|ive|ous|ic|ful|less|able|ible|ance|ence|ship|ism|ent|ant|ary|ory|ers?|ist|where)"
)
CALENDAR = word_set(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december
    """
)
LONG_FORMS = (
    ("united states", "us"),
    ("united states of america", "us"),
    ("united kingdom", "uk"),
    ("great britain", "uk"),
    ("united nations", "un"),
    ("european union", "eu"),
)

# Other spellings and forms of a name, made one: the first word of each line is what they become.
_FORMS = """
    us u.s u.s.a usa america american americans
    uk u.k britain british briton britons
    un u.n
    eu e.u
    january jan
    february feb
    march mar
    april apr
    june jun
    july jul
    august aug
    september sep sept
    october oct
    november nov
    december dec
    monday mon
    tuesday tue tues
    wednesday wed
    thursday thu thurs
    friday fri
    democrat dem dems democratic democrats
    republican gop republicans
    france french
    netherlands dutch holland
    germany german germans
    spain spanish
    switzerland swiss
    greece greek greeks
    denmark danish dane danes
    finland finnish
    sweden swedish
    turkey turkish türkiye
    poland polish
    ireland irish
    wales welsh
    scotland scottish
    england english
    china chinese
    philippines filipino filipinos philippine
    thailand thai
    emirates emirati uae
    myanmar burmese burma
    norway norwegian
    iceland icelandic
    greenland greenlandic
    cyprus cypriot
    afghanistan afghan afghans
    uzbekistan uzbek
    kazakhstan kazakh
    lebanon lebanese
    portugal portuguese
    belgium belgian
    ukraine ukrainian ukrainians
    hungary hungarian
    italy italian
    romania romanian
    bulgaria bulgarian
    mexico mexican
    peru peruvian
    argentina argentine
    israel israeli
    iraq iraqi
    pakistan pakistani
    congo congolese
    covid-19 coronavirus covid
"""
SAME = {form: first for first, *forms in map(str.split, _FORMS.strip().splitlines()) for form in forms}
