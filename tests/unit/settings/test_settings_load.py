from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta
from pathlib import Path

import pytest

from digest.deliver.backoff import retry_delay_s
from digest.errors import ConfigurationError
from digest.model.news import FeedKind
from digest.settings import Settings, is_example, load
from digest.wiring.mail import sending_of
from digest.wiring.options import schedule_of, sign_ups_of

Read = Callable[..., Settings]
Refused = Callable[..., str]
FEED = '[[feeds]]\nurl = "https://news.example.org/rss"\n'


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    settings = load(None, {}, tmp_path)
    assert settings.file is None
    assert settings.folder == tmp_path
    assert settings.publication.name == "The Morning Digest"
    assert settings.schedule.send_at == time(6, 30)
    assert settings.gather.max_age == timedelta(hours=36)
    assert settings.delivery.transport == "outbox"
    assert settings.feeds == ()


def test_the_file_goes_before_the_default_and_the_environment_before_the_file(read: Read) -> None:
    text = '[publication]\nname = "From the file"\nslug = "file"\n'
    settings = read(text, {"DIGEST_PUBLICATION__NAME": "From the environment"})
    assert settings.publication.name == "From the environment"
    assert settings.publication.slug == "file"
    assert settings.publication.language == "en"


def test_an_empty_variable_clears_a_list_of_headers(read: Read) -> None:
    text = '[delivery]\nheaders = ["X-Stream: broadcast"]\n'
    assert read(text).delivery.headers == ("X-Stream: broadcast",)
    assert read(text, {"DIGEST_DELIVERY__HEADERS": ""}).delivery.headers == ()


def test_every_kind_of_value_can_come_from_the_environment(read: Read) -> None:
    settings = read(
        "",
        {
            "DIGEST_SCHEDULE__DAYS": "fri, mon",
            "DIGEST_SCHEDULE__DAYS_OFF": "2026-12-25, 2026-12-31 .. 2027-01-02",
            "DIGEST_SCHEDULE__SEND_AT": "17:05",
            "DIGEST_SCHEDULE__DRAFT_BEFORE": "1h30m",
            "DIGEST_GATHER__WORKERS": " 3 ",
            "DIGEST_GATHER__REACH_BACK": "yes",
            "DIGEST_DELIVERY__RATE": "2.5",
            "DIGEST_THEMES__ORDER": "arctic,space",
            "DIGEST_WEB__PROXIES": "::1, 10.0.0.0/8",
            "DIGEST_NOW": "2026-02-03T04:05:06Z",
            "DIGEST_TEST_POSTGRES": "whatever",
            "HOME": "/root",
        },
    )
    assert settings.schedule.days == ("mon", "fri")
    assert settings.schedule.days_off == ("2026-12-25", "2026-12-31..2027-01-02")
    assert settings.schedule.send_at == time(17, 5)
    assert settings.schedule.draft_before == timedelta(minutes=90)
    assert settings.gather.workers == 3
    assert settings.gather.reach_back is True
    assert settings.delivery.rate == 2.5
    assert settings.themes.order == ("arctic", "space")
    assert settings.web.proxies == ("::1", "10.0.0.0/8")


def test_a_secret_may_stand_in_a_file_of_its_own_and_keeps_its_spaces(read: Read, tmp_path: Path) -> None:
    (tmp_path / "pw").write_text(" s3cret \n", encoding="utf-8")
    text = '[delivery]\nsmtp_username = "digest"\nsmtp_password = "from the file"\n'
    settings = read(text, {"DIGEST_DELIVERY__SMTP_PASSWORD_FILE": "pw"})
    assert settings.delivery.smtp_password == " s3cret "
    assert "s3cret" not in repr(settings)


def test_a_secret_given_twice_or_unreadable_is_refused(refused: Refused, tmp_path: Path) -> None:
    both = {"DIGEST_WEB__SECRET_FILE": "pw", "DIGEST_WEB__SECRET": "x" * 40}
    assert "keep one of them" in refused("", both)
    missing = refused("", {"DIGEST_WEB__SECRET_FILE": "nowhere"})
    assert missing.startswith("DIGEST_WEB__SECRET_FILE: names ")
    assert "No such file" in missing
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    assert "not UTF-8" in refused("", {"DIGEST_WEB__SECRET_FILE": "binary"})


def test_the_settings_may_name_the_file_that_holds_a_secret(
    read: Read, refused: Refused, tmp_path: Path
) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "smtp").write_text("s3cret\n", encoding="utf-8")
    text = '[delivery]\nsmtp_username = "digest"\nsmtp_password_file = "secrets/smtp"\n'
    assert read(text).delivery.smtp_password == "s3cret"
    assert read(text, {"DIGEST_DELIVERY__SMTP_PASSWORD": "other"}).delivery.smtp_password == "other"
    assert "smtp_password_file and smtp_password are both set" in refused(text + 'smtp_password = "x"\n')
    gone = refused(text.replace("secrets/smtp", "nowhere"))
    assert gone.startswith("digest.toml:3: delivery.smtp_password_file names ")
    assert "\n" not in gone
    assert "names a file, in quotes" in refused("[web]\nsecret_file = 3\n")
    assert "did you mean name?" in refused('[publication]\nname_file = "x"\n')


def test_the_environment_goes_before_a_file_that_holds_a_secret(read: Read) -> None:
    text = '[delivery]\nsmtp_username = "digest"\nsmtp_password_file = "nowhere"\n'
    assert read(text, {"DIGEST_DELIVERY__SMTP_PASSWORD": "other"}).delivery.smtp_password == "other"


def test_a_file_that_holds_no_secret_is_told(refused: Refused, tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n", encoding="utf-8")
    (tmp_path / "large").write_bytes(b"x" * 70_000)
    for name, words in (
        ("empty", "which is empty"),
        ("large", "which is too large for a secret"),
        (".", "which is no file"),
        ("~no-such-user/pw", "home"),
    ):
        (told,) = refused(f'[web]\nsecret_file = "{name}"\n').splitlines()
        assert told.startswith("digest.toml:2: web.secret_file names ")
        assert words in told


def test_a_table_written_twice_is_told_how_to_mend(refused: Refused) -> None:
    told = refused('[publication]\nname = "A"\n\n[publication]\nslug = "a"\n')
    assert told.startswith("digest.toml:4: no valid TOML: ")
    assert told.endswith("add your lines to the one that is there")


def test_only_secrets_are_read_from_files(refused: Refused) -> None:
    assert "only secrets are read from files" in refused("", {"DIGEST_PUBLICATION__NAME_FILE": "x"})


def test_the_config_variable_names_the_file_and_relative_paths_start_at_its_folder(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    text = '[[feeds]]\nurl = "articles"\nkind = "folder"\n[delivery]\noutbox = "out"\n'
    (home / "mine.toml").write_text(text, encoding="utf-8")
    settings = load(None, {"DIGEST_CONFIG": "home/mine.toml"}, tmp_path)
    assert settings.folder == home
    assert settings.delivery.outbox == home / "out"
    assert settings.database.url == f"sqlite:///{home}/subscribers.db"
    assert settings.feeds[0].url == str(home / "articles")
    assert settings.feeds[0].kind is FeedKind.FOLDER
    assert settings.feeds[0].name == "articles"


@pytest.mark.parametrize(
    "url", ["sqlite:////srv/a.db", "sqlite:///:memory:", "sqlite://", "postgresql+psycopg://u@h/d"]
)
def test_other_database_addresses_stay_as_they_are(read: Read, url: str) -> None:
    assert read(f'[database]\nurl = "{url}"\n').database.url == url


def test_a_named_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigurationError, match=r"DIGEST_CONFIG=gone.toml: there is no such file; `digest init`"
    ):
        load(None, {"DIGEST_CONFIG": "gone.toml"}, tmp_path)
    with pytest.raises(ConfigurationError, match=r"^gone.toml: there is no such file"):
        load(Path("gone.toml"), {}, tmp_path)


def test_feeds_keep_their_order_and_take_their_defaults(read: Read) -> None:
    text = FEED + '[[feeds]]\nurl = "https://www.b.example/a"\nname = "B"\npublisher = "P"\nweight = 2\n'
    first, second = read(text).feeds
    assert (first.name, first.publisher, first.weight, first.origin) == (
        "news.example.org",
        "",
        1.0,
        "settings",
    )
    assert (second.name, second.publisher, second.weight, second.kind) == ("B", "P", 2.0, FeedKind.FEED)


def test_a_file_from_a_windows_editor_is_read(tmp_path: Path) -> None:
    (tmp_path / "digest.toml").write_bytes(b'\xef\xbb\xbf[publication]\r\nname = "N"\r\n')
    assert load(None, {}, tmp_path).publication.name == "N"


def test_defaults_of_sender_envelope_and_port_follow_other_values(read: Read) -> None:
    settings = read('[publication]\nname = "N"\nfrom_email = "a@news.test"\n')
    assert settings.from_name == "N"
    assert settings.envelope_sender == "a@news.test"
    ports = {
        way: read(f'[delivery]\nsmtp_security = "{way}"\n').delivery.port
        for way in ("starttls", "tls", "none")
    }
    assert ports == {"starttls": 587, "tls": 465, "none": 25}
    assert read("[delivery]\nsmtp_port = 2525\n").delivery.port == 2525


def test_the_examples_sender_and_address_are_known_as_such(read: Read) -> None:
    mine = '[publication]\nfrom_email = "a@news.test"\nbase_url = "https://news.test/"\n'
    assert is_example(read())
    assert is_example(read(mine.replace("a@news.test", "a@Example.ORG")))
    assert is_example(read(mine.replace("news.test/", "digest.example.org")))
    assert not is_example(read(mine))
    assert read(mine).publication.base_url == "https://news.test"


def test_a_link_that_confirms_lives_no_longer_than_what_it_confirms(read: Read) -> None:
    assert sign_ups_of(read("")).valid_for == timedelta(days=7)
    assert sign_ups_of(read('[retention]\nunconfirmed = "2d"')).valid_for == timedelta(days=2)
    assert sign_ups_of(read('[web]\nconfirm_within = "3h"')).valid_for == timedelta(hours=3)


@pytest.mark.parametrize("tries", [1, 8, 28, 50])
def test_a_begun_edition_goes_on_until_what_is_put_off_has_had_all_its_tries(read: Read, tries: int) -> None:
    settings = read(f"[delivery]\nmax_attempts = {tries}\n")
    retry = sending_of(settings).retry
    last = sum(retry_delay_s(number, retry, 1.0) for number in range(1, tries))
    schedule = schedule_of(settings)
    assert schedule.finish_within - schedule.max_lateness > timedelta(seconds=last)
    assert schedule.finish_within >= timedelta(hours=27)
