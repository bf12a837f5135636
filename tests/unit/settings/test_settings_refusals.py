from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from digest.errors import ConfigurationError
from digest.settings import Settings, load

Read = Callable[..., Settings]
Refused = Callable[..., str]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[publication]\nnmae = "x"', "digest.toml:2: publication.nmae is no setting; did you mean name?"),
        (
            '[publication]\nsmtp_host = "x"',
            "publication.smtp_host is no setting of [publication]; it belongs under [delivery]",
        ),
        (
            "[publication]\nzzzz = 1",
            "digest.toml:2: publication.zzzz is no setting; [publication] knows name, slug",
        ),
        ('[publiction]\nname = "x"', "digest.toml:1: publiction is no section; did you mean publication?"),
        ("[zzzz]", "digest.toml:1: zzzz is no section; there are publication, schedule"),
        (
            'smtp_host = "x"',
            "digest.toml:1: smtp_host stands outside every section; it belongs under [delivery]",
        ),
        ('smtp_hots = "x"', "digest.toml:1: smtp_hots is no setting; did you mean smtp_host?"),
        (
            "\n\n[dkim]\nselector = 1",
            "digest.toml:4: dkim.selector is no setting; did you mean rsa_selector?",
        ),
        (
            "[publication.delivery]\nrate = 1",
            "digest.toml:1: publication.delivery is a section of its own; write [delivery]",
        ),
        (
            "[[delivery]]\nrate = 1",
            "digest.toml:1: delivery stands in double brackets; write [delivery], once",
        ),
        ("delivery = 3", "digest.toml:1: delivery is a section, not a value; write [delivery]"),
        ('[feeds]\nurl = "x"', "digest.toml:1: feeds is a list of tables; write [[feeds]]"),
        ('[[feeds]]\nname = "x"', "digest.toml:1: feeds.url is missing"),
        ("[[feeds]]\nurl = 5", "digest.toml:2: feeds.url = 5 is no text"),
        (
            '[[series]]\nname = "weekly"',
            "digest.toml:1: series.days is missing; every [[series]] table needs it",
        ),
        (
            '[[series]]\ndays = ["sun"]\nname = "daily"',
            'digest.toml:3: series.name = "daily" is the series of [schedule]',
        ),
        (
            '[[series]]\ndays = ["sun"]\nname = "correction"',
            'digest.toml:3: series.name = "correction" is the series of all corrections',
        ),
        (
            '[publication]\nprivacy_url = "privacy"',
            'digest.toml:2: publication.privacy_url = "privacy" is no web',
        ),
        ('[schedule]\nseries = "correction"', "digest.toml:2: schedule.series"),
        (
            '[[series]]\nname = "w"\ndays = ["sun"]\n[[series]]\nname = "w"\ndays = ["sat"]',
            'digest.toml:5: series.name = "w" is listed twice',
        ),
        (
            '[delivery]\nwindow = "06:00-20:00"\n[[series]]\nname = "w"\ndays = ["sun"]\nsend_at = "21:00"',
            'digest.toml:6: series.send_at = "21:00" lies outside delivery.window, "06:00-20:00"',
        ),
        (
            '[[feeds]]\n\nurl = "news.example.org"',
            'digest.toml:3: feeds.url = "news.example.org" is no web address',
        ),
        (
            '[[feeds]]\nurl = "https://a.test/:x"\nkind = "rss"',
            'digest.toml:3: feeds.kind = "rss" is not known',
        ),
        (
            '[[feeds]]\nurl = "https://a.test"\n[[feeds]]\nurl = "https://a.test"',
            'digest.toml:4: feeds.url = "https://a.test" is listed twice',
        ),
        ('[[feeds]]\nurl = "https://a.test"\nweight = 4', "digest.toml:3: feeds.weight = 4 is out of range"),
        (
            '[schedule]\nsend_at = "7:3"',
            'digest.toml:2: schedule.send_at = "7:3" is no time of day; write hours',
        ),
        ("[schedule]\nsend_at = 07:30:30", "schedule.send_at = 07:30:30 is no time of day"),
        ('[schedule]\ndays = ["monday"]', "digest.toml:2: schedule.days = ['monday'] does not name days"),
        ("[schedule]\ndays = []", "schedule.days = [] does not name days of the week"),
        ('[schedule]\ndays = "mon"', 'schedule.days = "mon" is no list of names; write it like ["mon"'),
        ('[delivery]\nwindow = "6-9"', "is no window; write two different times of day"),
        ('[delivery]\nwindow = "25:00-26:00"', "is no window"),
        ('[delivery]\nwindow = "06:00-06:00"', "is no window"),
        ('[delivery]\nwindow = "06:00"', "is no window"),
        (
            '[schedule]\ndays_off = "2026-12-25"',
            'digest.toml:2: schedule.days_off = "2026-12-25" is no list; write days like ["2026-12-25"',
        ),
        (
            '[schedule]\ndays_off = ["25.12."]',
            "holds '25.12.', which is no day or span of days; write",
        ),
        ('[schedule]\ndays_off = ["2026-12-24.."]', "schedule.days_off"),
        ('[schedule]\ndays_off = ["2027-01-03..2026-12-24"]', "which ends before it begins or is too long"),
        ('[schedule]\ndays_off = ["2026-01-01..2027-06-01"]', "which ends before it begins or is too long"),
        (
            "[schedule]\ndraft_before = 2",
            "schedule.draft_before = 2 is no span of time; write a number and s, m",
        ),
        ('[schedule]\ndraft_before = "30h"', 'is out of range; write a span from "5m" to "20h"'),
        ('[schedule]\napproval = "silence-send"', 'write "silence-sends" (or one of'),
        ('[publication]\ntimezone = "Europe/Olso"', 'is no time zone; did you mean "Europe/Oslo"?'),
        ('[publication]\ntimezone = "CEST"', 'is no time zone; write it like "Europe/Oslo"'),
        ('[publication]\ntimezone = "GMT+2"', 'is no time zone; write it like "Europe/Oslo"'),
        ('[publication]\ntimezone = "utc "', 'is no time zone; did you mean "UTC"?'),
        ('[publication]\ntimezone = "new york"', 'did you mean "America/New_York"?'),
        ('[publication]\ntimezone = "../etc/passwd"', "is no time zone"),
        ('[publication]\ntimezone = "Q"', 'is no time zone; write it like "Europe/Oslo"'),
        ('[publication]\nfrom_email = "N <a@b.test>"', "is no e-mail address; write it bare"),
        ('[publication]\nfrom_email = "a..b@c.test"', "is no e-mail address"),
        ('[publication]\nfrom_email = ".a@c.test"', "is no e-mail address"),
        ('[publication]\nbase_url = "https://u:hunter2@a.test"', "has a user name in it"),
        ('[publication]\nprivacy_url = "https://u@a.test/p"', "has a user name in it"),
        ('[delivery]\nsmtp_host = "mail.example.net:587"', "names a port as well"),
        ('[publication]\nfrom_name = "a\\nBcc: x"', "holds a line break or control character"),
        ('[publication]\nname = ""', 'publication.name = "" is empty'),
        ("[publication]\nname = 7", "publication.name = 7 is no text; put it in quotation marks"),
        (f'[publication]\nname = "{"x" * 2001}"', "xxx... is longer than 2000 characters"),
        ('[publication]\nslug = "My News"', "is no short name"),
        ('[publication]\nlanguage = "english!"', "is no language tag"),
        ('[publication]\nbase_url = "digest.example.org"', "is no web address"),
        ('[publication]\nbase_url = "ftp://digest.example.org"', "is no web address"),
        ('[publication]\nbase_url = "https://a.test:99999"', "is no web address"),
        ('[publication]\nbase_url = "https://a.test/?x=1"', 'has a "?" or "#" part'),
        (
            '[gather]\nreach_back = "true"',
            "is neither true nor false; write true or false, without quotation",
        ),
        ("[gather]\nworkers = 2.5", "gather.workers = 2.5 is no whole number; write one from 1 to 32"),
        ("[gather]\nworkers = true", "gather.workers = true is no whole number"),
        ("[gather]\nworkers = 99", "is out of range; write a whole number from 1 to 32"),
        ('[delivery]\nrate = "1"', "is no number; write one from 0 to 10000"),
        ("[delivery]\nrate = nan", "is out of range"),
        ('[delivery]\nsmtp_host = "smtp://x"', "is no host name"),
        ('[delivery]\ntransport = "stmp"', 'write "smtp" (or one of "outbox" or "smtp")'),
        ('[themes]\norder = ["Arctic sea"]', "holds something else than lower-case short names"),
        ('[themes]\norder = ["a", "a"]', "names something twice"),
        ("[themes]\norder = []", "themes.order = [] is empty; name at least one"),
        (
            '[edition]\nimages = "leads"',
            'edition.images = "leads" is not known; write "lead" (or one of "none" or "lead")',
        ),
        ("[edition]\nmax_html_kib = 120", "write a whole number from 30 to 100"),
        ('[delivery]\nheaders = "X-A: b"', "is no list of headers; write it like"),
        ('[delivery]\nheaders = ["Bcc: a@example.org"]', "every name beginning with X-"),
        ('[delivery]\nheaders = ["X-A: b\\r\\nBcc: a@example.org"]', "is no list of headers"),
        ('[bounces]\nreference_header = "Subject"', "is no name of an own header"),
        ('[web]\nproxies = "127.0.0.1"', 'web.proxies = "127.0.0.1" is no list of names; write it like'),
        ('[web]\nproxies = ["proxy.example.org"]', "holds something else than an IP address or network"),
        ('[web]\nproxies = ["10.0.0.1/8"]', "holds something else than an IP address or network"),
        ('[web]\nconfirm_within = "90d"', 'is out of range; write a span from "1h" to "30d"'),
        ('[database]\nurl = "mysql://u:hunter2@h/d"', "database.url is no database; write"),
        ("[publication\nname = 1", "digest.toml:1: no valid TOML: Expected ']'"),
        ('[publication]\nname = "x\n', "digest.toml:2: no valid TOML: Illegal character"),
        ('[publication]\nname = """x\n', "digest.toml:3: no valid TOML: Unterminated string"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_its_mending(refused: Refused, text: str, said: str) -> None:
    message = refused(text)
    assert said in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DIGEST_PUBLICATION_NAME", "x", "is no setting; did you mean DIGEST_PUBLICATION__NAME?"),
        ("DIGEST_CONFIGS", "x", "is no setting; did you mean DIGEST_CONFIG?"),
        ("DIGEST_QQQQQQQQQQQQQQQ", "x", "variables are named DIGEST_SECTION__KEY"),
        ("DIGEST_FEEDS__URL", "x", "feeds stand in digest.toml"),
        ("DIGEST_SERIES__NAME", "x", "series stand in digest.toml, one [[series]] table each"),
        ("DIGEST_GATHER__WORKERS", "many", 'gather.workers = "many" is no whole number'),
        ("DIGEST_GATHER__REACH_BACK", "maybe", 'gather.reach_back = "maybe" is neither true nor false'),
        ("DIGEST_DELIVERY__RATE", "1e9", 'delivery.rate = "1e9" is no number'),
        ("DIGEST_SCHEDULE__SEND_AT", "25:00", 'schedule.send_at = "25:00" is no time of day'),
    ],
)
def test_a_mistake_in_the_environment_names_its_variable(
    refused: Refused, name: str, value: str, said: str
) -> None:
    message = refused("", {name: value})
    assert message.startswith(f"{name}: ")
    assert said in message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[delivery]\ntransport = "smtp"',
            'digest.toml:2: delivery.transport = "smtp" needs delivery.smtp_host',
        ),
        ('[delivery]\nsmtp_host = ""\ntransport = "smtp"', "digest.toml:2: delivery.smtp_host is empty"),
        (
            '[delivery]\nsmtp_username = "u"',
            "needs a password: name the file that holds it in delivery.smtp_password_file",
        ),
        ('[delivery]\nsmtp_password = "hunter2"', "delivery.smtp_password needs delivery.smtp_username"),
        (
            '[delivery]\nsmtp_username = "u"\nsmtp_password = "hunter2"\nsmtp_security = "none"',
            'digest.toml:4: delivery.smtp_security = "none" would send the password unencrypted',
        ),
        ("[summaries]\nnotice = false", "say why in summaries.notice_off_reason"),
        ('[summaries]\nnotice_off_reason = "x"', "does nothing while the notice is on"),
        ('[web]\nsecret = "hunter2"', "web.secret is too short to be safe"),
        ("[web]\nsecret = 7777777", "web.secret is no text"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(refused: Refused, text: str, said: str) -> None:
    message = refused(text)
    assert said in message
    assert "hunter2" not in message
    assert "7777777" not in message


def test_addresses_with_letters_of_any_script_come_out_in_ascii(read: Read) -> None:
    """Else each message would fail, long after the settings were accepted."""
    found = read(
        '[publication]\nfrom_email = "news@müller.example"\nbase_url = "https://blatt.müller.example:8443/übersicht/"\n'
        'privacy_url = "https://müller.example/a?b=ü"\nreply_to = "büro@müller.example"'
    ).publication
    assert found.from_email == "news@xn--mller-kva.example"
    assert found.base_url == "https://blatt.xn--mller-kva.example:8443/%C3%BCbersicht"
    assert found.privacy_url == "https://xn--mller-kva.example/a?b=%C3%BC"
    assert found.reply_to == "büro@xn--mller-kva.example"


def test_headers_from_the_environment_may_have_spaces_between_them(read: Read) -> None:
    found = read("", {"DIGEST_DELIVERY__HEADERS": "X-A: 1, X-B: 2,"})
    assert found.delivery.headers == ("X-A: 1", "X-B: 2")


def test_a_mail_server_may_have_an_address_of_colons(read: Read) -> None:
    assert read('[delivery]\nsmtp_host = "::1"').delivery.smtp_host == "::1"


def test_a_password_may_go_unencrypted_to_this_machine_alone(read: Read) -> None:
    for host in ("localhost", "127.0.0.1", "::1"):
        rest = 'smtp_username = "u"\nsmtp_password = "p"\nsmtp_security = "none"\n'
        text = f'[delivery]\nsmtp_host = "{host}"\n{rest}'
        assert read(text).delivery.smtp_host == host


def test_the_notice_goes_only_knowingly(read: Read) -> None:
    settings = read('[summaries]\nnotice = false\nnotice_off_reason = "an editor rewrites every summary"\n')
    assert settings.summaries.notice is False


def test_all_mistakes_are_told_at_once(refused: Refused) -> None:
    text = '[publication]\nnmae = "x"\nslug = "A"\n\n[schedule]\nsend_at = "7"\n'
    lines = refused(text, {"DIGEST_GATHER__WORKER": "1"}).splitlines()
    assert len(lines) == 4
    assert {line.partition(": ")[0] for line in lines} == {
        "digest.toml:2",
        "digest.toml:3",
        "digest.toml:6",
        "DIGEST_GATHER__WORKER",
    }


def test_a_file_that_is_no_text_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "digest.toml").write_bytes('[publication]\nname = "Café"\n'.encode("latin-1"))
    with pytest.raises(ConfigurationError, match=r"digest.toml:2: is not UTF-8"):
        load(None, {}, tmp_path)
