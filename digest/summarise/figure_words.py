"""Words and numerals that make figures, with what they are worth."""

from __future__ import annotations

_UNITS = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen
"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
SMALL = {word: value for value, word in enumerate(_UNITS.split())} | {
    word: 10 * ten for ten, word in enumerate(_TENS.split(), 2)
}
_ORDINAL_WORDS = "second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
ORDINALS = {word: value for value, word in enumerate(_ORDINAL_WORDS.split(), 2)}
ENGLISH_SCALE = {
    "hundred": 1e2,
    "thousand": 1e3,
    "million": 1e6,
    "millions": 1e6,
    "billion": 1e9,
    "billions": 1e9,
    "trillion": 1e12,
    "trillions": 1e12,
}
# As they follow digits, in any language. Those of one letter stand close to their figure.
CLOSE_SCALE = {"k": 1e3, "m": 1e6, "mn": 1e6, "b": 1e9, "bn": 1e9, "tn": 1e12, "t": 1e12}
SCALE = ENGLISH_SCALE | {
    word: value
    for value, words in (
        (1e3, "tausend mille mil тыс тысяч тысячи ألف آلاف אלף हज़ार हजार χιλιάδες"),
        (1e5, "lakh lakhs लाख লাখ لاکھ"),
        (
            1e6,
            (
                "mn mio million millionen millions millón millones milhões milhão milioni млн миллион"
                " миллиона миллионов мільйонів مليون ملايين میلیون מיליון εκατομμύρια"
            ),
        ),
        (1e7, "crore crores करोड़ করোড় কোটি کروڑ"),
        (
            1e9,
            (
                "bn mrd milliarde milliarden milliard milliards miliardi bilhões bilhão млрд миллиард"
                " миллиарда миллиардов мільярдів مليار میلیارد מיליארד δισεκατομμύρια अरब"
            ),
        ),
        (1e12, "tn billón billones biliones трлн"),
    )
    for word in words.split()
}
HAN_SCALE = {"十": 1e1, "百": 1e2, "千": 1e3, "万": 1e4, "萬": 1e4, "億": 1e8, "亿": 1e8, "兆": 1e12}
HAN_SCALE |= {"만": 1e4, "억": 1e8, "조": 1e12, "천": 1e3}
HAN_DIGITS = {char: value for value, char in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2, "兩": 2}
