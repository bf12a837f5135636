"""Words that are in the news on any day, whatever happened: they tell topics apart, not events.

A batch of one day can't know them: a country that is in five of its articles looks as rare as a village
that is. Our own list, from knowledge of the news and not from counting any: countries and their peoples,
seas, seats of power, those who have led the most reported of them in the 2020s, and the trade's own words. A
name that is missing counts as rare until the batch is full of it, and one too many counts a little less.
"""

from __future__ import annotations

_PLACES = """
Afghanistan Afghan Albania Albanian Algeria Algerian Angola Angolan Argentina Argentine Armenia Armenian
Australia Australian Austria Austrian Azerbaijan Azerbaijani Bahrain Bahraini Bangladesh Bangladeshi
Belarus Belarusian Belgium Belgian Bolivia Bolivian Bosnia Bosnian Brazil Brazilian Bulgaria Bulgarian
Burma Burmese Cambodia Cambodian Cameroon Canada Canadian Chile Chilean China Chinese Colombia Colombian
Congo Congolese Croatia Croatian Cuba Cuban Cyprus Cypriot Czech Denmark Danish Ecuador Ecuadorean Egypt
Egyptian Eritrea Eritrean Estonia Estonian Ethiopia Ethiopian Fiji Finland Finnish France French Gaza
Gazan Georgia Georgian Germany German Ghana Ghanaian Greece Greek Greenland Greenlandic Guatemala Haiti
Haitian Honduras Hungary Hungarian Iceland Icelandic India Indian Indonesia Indonesian Iran Iranian Iraq
Iraqi Ireland Irish Israel Israeli Italy Italian Jamaica Jamaican Japan Japanese Jordan Jordanian
Kazakhstan Kazakh Kenya Kenyan Korea Korean Kosovo Kurdish Kurd Kuwait Kuwaiti Kyrgyzstan Laos Latvia
Latvian Lebanon Lebanese Libya Libyan Lithuania Lithuanian Malaysia Malaysian Mali Malian Mexico Mexican
Moldova Moldovan Mongolia Mongolian Morocco Moroccan Mozambique Myanmar Nepal Nepali Netherlands Dutch
Nicaragua Niger Nigeria Nigerian Norway Norwegian Oman Omani Pakistan Pakistani Palestine Palestinian
Panama Peru Peruvian Philippines Philippine Filipino Poland Polish Portugal Portuguese Qatar Qatari
Romania Romanian Russia Russian Rwanda Rwandan Saudi Arabia Arab Scotland Scottish Senegal Senegalese
Serbia Serbian Singapore Singaporean Slovakia Slovak Slovenia Somalia Somali Spain Spanish Sudan Sudanese
Sweden Swedish Switzerland Swiss Syria Syrian Taiwan Taiwanese Tanzania Thailand Thai Tunisia Tunisian
Turkey Turkish Turkiye Turk UAE Emirates Emirati Uganda Ugandan UK Britain British England English Ukraine
Ukrainian Uruguay US USA America American Uzbekistan Venezuela Venezuelan Vietnam Vietnamese Wales Welsh
Yemen Yemeni Zambia Zimbabwe Africa African Arctic Asia Asian Atlantic Baltic Caribbean Europe European Gulf
Latin Mediterranean Pacific Red Sea Strait Western Eastern Northern Southern north south east west
"""
_POWERS = """
Abu Dhabi Ankara Athens Baghdad Beijing Beirut Berlin Bern Brasilia Brussels Budapest Cairo California
Canberra Capitol Copenhagen Damascus Delhi Doha Downing Dublin Florida Geneva Hanoi Helsinki Islamabad
Istanbul Jakarta Jerusalem Kabul Kremlin Kyiv Kiev London Madrid Manila Moscow Nairobi Oslo Ottawa Paris
Pentagon Prague Pretoria Riyadh Rome Seoul Stockholm Sydney Taipei Tehran Texas Tokyo Tripoli Tunis Vienna
Warsaw Washington York EU NATO UN Hamas Hezbollah Houthi Taliban IDF FBI CIA Congress Senate Parliament
Commons Bundestag Knesset Republican Democrat Democratic Conservative Labour Liberal GOP
"""
_LEADERS = """
Biden Carney Erdogan Harris Jinping Johnson Kim Khamenei Kishida Lee Lula Macron Merkel Merz Meloni Modi
Netanyahu Obama Orban Putin Rubio Scholz Starmer Takaichi Trudeau Trump Donald Vladimir Vance Xi Zelensky
Zelenskyy
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

ALWAYS_IN_THE_NEWS = frozenset(f"{_PLACES} {_POWERS} {_LEADERS} {_TRADE}".split())
