"""Which countries an article names, and whether two articles are about different ones.

What happens in two countries is two events, however alike its words are: heavy rain in one and in the other,
two records of one year. Names are found by their capitals in the title and the first words below it, where
an article says what it is about.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from digest.group.text import fold, is_shouted, words
from digest.group.vectors import Ints
from digest.model.news import Article

ELSEWHERE = 0.6  # what is left of the likeness of two articles about different countries
_READ = 700  # characters: the title and about as many words as weigh fully in a vector

# One country a line, from knowledge of the news: its names and people, its seats of power and other places
# that stand for it, its powers, and those who have led it and are always in the news. Korea is one, for what
# is told of one is told of the other; so are Israel and Palestine. South Africa goes by its capital, for its
# name is two words. Leaders whose names many others bear are in ``background``.
_COUNTRIES = """
Afghanistan Afghan Kabul Taliban
Albania Albanian
Algeria Algerian
Angola Angolan
Argentina Argentine
Armenia Armenian
Australia Australian Canberra Sydney
Austria Austrian Vienna
Azerbaijan Azerbaijani
Bahrain Bahraini
Bangladesh Bangladeshi
Belarus Belarusian
Belgium Belgian
Bolivia Bolivian
Bosnia Bosnian
Brazil Brazilian Brasilia Lula
Bulgaria Bulgarian
Burma Burmese Myanmar
Cambodia Cambodian
Cameroon
Canada Canadian Ottawa Carney Trudeau
Chile Chilean
China Chinese Beijing Jinping Xi
Colombia Colombian
Congo Congolese
Croatia Croatian
Cuba Cuban
Cyprus Cypriot
Czech Prague
Denmark Danish Copenhagen
Ecuador Ecuadorean
Egypt Egyptian Cairo
Eritrea Eritrean
Estonia Estonian
Ethiopia Ethiopian
Fiji
Finland Finnish Helsinki
France French Paris Macron
Germany German Berlin Bundestag Merkel Merz Scholz
Ghana Ghanaian
Greece Greek Athens
Greenland Greenlandic
Guatemala
Haiti Haitian
Honduras
Hungary Hungarian Budapest Orban
Iceland Icelandic
India Indian Delhi Modi
Indonesia Indonesian Jakarta
Iran Iranian Tehran Khamenei
Iraq Iraqi Baghdad
Ireland Irish Dublin
Israel Israeli Palestine Palestinian Gaza Gazan Jerusalem Hamas IDF Knesset Netanyahu
Italy Italian Rome Meloni
Jamaica Jamaican
Japan Japanese Tokyo Kishida Takaichi
Jordan Jordanian
Kazakhstan Kazakh
Kenya Kenyan Nairobi
Korea Korean Seoul
Kosovo
Kuwait Kuwaiti
Kyrgyzstan
Laos
Latvia Latvian
Lebanon Lebanese Beirut Hezbollah
Libya Libyan Tripoli
Lithuania Lithuanian
Malaysia Malaysian
Mali Malian
Mexico Mexican
Moldova Moldovan
Mongolia Mongolian
Morocco Moroccan
Mozambique
Nepal Nepali
Netherlands Dutch
Nicaragua
Niger
Nigeria Nigerian
Norway Norwegian Oslo
Oman Omani
Pakistan Pakistani Islamabad
Panama
Peru Peruvian
Philippines Philippine Filipino Manila
Poland Polish Warsaw
Portugal Portuguese
Qatar Qatari Doha
Romania Romanian
Russia Russian Moscow Kremlin Putin
Rwanda Rwandan
Saudi Riyadh
Senegal Senegalese
Serbia Serbian
Singapore Singaporean
Slovakia Slovak
Slovenia
Somalia Somali
Pretoria
Spain Spanish Madrid
Sudan Sudanese
Sweden Swedish Stockholm
Switzerland Swiss Bern Geneva
Syria Syrian Damascus
Taiwan Taiwanese Taipei
Tanzania
Thailand Thai
Tunisia Tunisian Tunis
Turkey Turkish Turkiye Turk Ankara Istanbul Erdogan
UAE Emirates Emirati Dhabi
Uganda Ugandan
UK Britain British England English Scotland Scottish Wales Welsh Downing London Starmer
Ukraine Ukrainian Kyiv Kiev Zelensky Zelenskyy
Uruguay
US USA America American California Florida Texas York Yorker NYC Washington Capitol Pentagon \
CIA FBI Biden Obama Rubio Trump Vance
Uzbekistan
Venezuela Venezuelan
Vietnam Vietnamese Hanoi
Yemen Yemeni Houthi
Zambia
Zimbabwe
"""


def _numbered() -> dict[str, int]:
    """Each word with the number of its country."""
    lines = _COUNTRIES.strip().splitlines()
    return {word: number for number, line in enumerate(lines) for word in line.split()}


_NUMBER_OF = _numbered()
COUNTRY_WORDS = frozenset(_NUMBER_OF)
_COUNT = max(_NUMBER_OF.values()) + 1


class Whereabouts:
    """The countries that each article of a batch names, by their places in the batch."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self._named = np.zeros((len(articles), _COUNT), np.bool_)
        for at, article in enumerate(articles):
            self._named[at, [*_countries(article)]] = True
        self._anywhere: NDArray[np.bool_] = self._named.sum(axis=1) > 0

    def elsewhere(self, here: int, others: Ints) -> NDArray[np.bool_]:
        """Which of ``others`` are about other countries than ``here``: both name some, and none in common."""
        if not self._anywhere[here]:
            return np.zeros(len(others), np.bool_)
        in_common = self._named[others][:, self._named[here]].sum(axis=1)
        apart: NDArray[np.bool_] = in_common == 0
        return self._anywhere[others] & apart

    def outside(self, at: int, story: Sequence[int]) -> bool:
        """Whether an article names countries, and the articles of a story others, but none of these."""
        named = self._named[story].any(axis=0)
        return bool(self._anywhere[at] and named.any() and not (self._named[at] & named).any())


def _countries(article: Article) -> set[int]:
    title = fold(article.title)
    below = fold(article.below_title[: max(0, _READ - len(title))])
    read = words(below) if is_shouted(title) else [*words(title), *words(below)]
    return {number for word in read if (number := _country(word)) is not None}


def _country(word: str) -> int | None:
    """The country that a word names, in the plural too."""
    if not word[0].isupper():
        return None
    return _NUMBER_OF.get(word, _NUMBER_OF.get(word.removesuffix("s")))
