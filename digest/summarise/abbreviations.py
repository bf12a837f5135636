# ruff: noqa: RUF001 - Cyrillic words hold letters that look Latin
"""What a full stop may follow without ending a sentence, as data.

Everything is lower case without its last stop. A word may stand here although it is also an ordinary
word, as long as the rule it falls under (see ``digest.summarise.sentences``) keeps the two apart.
"""

from __future__ import annotations


def word_set(text: str) -> frozenset[str]:
    """The words of ``text``, parted by white space: lists of words read best as text."""
    return frozenset(text.split())


# A name or a title always follows: never the end of a sentence.
TITLES = word_set(
    """
    mr mrs ms mx dr prof gen lt col maj capt cmdr cdr adm sgt cpl pvt brig sen sens rep reps gov govs
    pres hon rev fr st ste mt ft msgr amb supt insp det dep asst assoc vs messrs mme mlle mgr sr. sra
    srta dña vda ing hr frl dipl bzw evtl ggf sog vgl inkl zzgl sogen geb gest d.h z.b u.a v.a i.d.r e.g
    i.e cf viz им ул тов проф акад ген т.е т.н др. डॉ प्रो पं डा ডা ডঃ ডক্টর মো মোঃ प्रा
    """
)

# A number usually follows: the end of a sentence unless one does.
BEFORE_NUMBER = word_set(
    """
    no nos nr vol art arts fig figs p pp sec ch para op jan feb mar apr jun jul aug sep sept oct nov dec
    núm n° º art. стр рис гл
    """
)

# Names of firms, units and the like: the end of a sentence only when a sentence starter follows.
AMBIGUOUS = word_set(
    """
    inc corp ltd co bros cos llc plc jr sr esq etc al ave blvd rd est dept univ assn intl natl govt min
    max approx ca ph.d m.d b.a m.a bn mn tn kg km ft. mph a.k.a usw u.s.w str sra. ee.uu ee uu aa.ee млн
    млрд тыс руб г гг
    """
)

# The hour: what follows decides.
HOURS = frozenset({"a.m", "p.m", "am", "pm"})
AFTER_HOUR = word_set(
    """
    monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun january
    february march april may june july august september october november december gmt utc est edt cst
    cdt mst mdt pst pdt bst cet cest jst kst eastern central mountain pacific local
    """
)

# Words that, capitalised, tend to open a sentence rather than go on with a name.
STARTERS = word_set(
    """
    the a an this that these those it its he she they we you i his her their our my there here in on at
    by for from with without after before during since until while when where why how what who which if
    as although though because but and or yet so however meanwhile still also both each every many most
    more some several such no not now then today yesterday tomorrow last next earlier later one two
    three four five six officials police according under over between among about despite der die das
    ein eine er sie es wir ich im am auf nach vor seit bei mit und aber doch auch wenn als le la les un
    une il elle ils elles on nous dans en au aux après avant depuis mais et el los las una uno él ella
    ellos ellas según tras pero y al он она они оно мы вы в на по это этот эта эти но и а как для после
    """
)

# Languages that write "3." for "third", so that a short number and a stop end nothing.
ORDINAL_LANGUAGES = frozenset(
    {"de", "da", "nb", "nn", "no", "fi", "is", "cs", "sk", "hu", "hr", "sl", "sr", "et", "lv"}
)
ORDINAL_FOLLOWERS = word_set(
    """
    januar jänner februar märz april mai juni juli august september oktober november dezember
    jahrhundert
    """
)
