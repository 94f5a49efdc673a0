"""The words of the letters: complete, the same in text and HTML, and nothing in them that could give anyone away."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from jinja2 import UndefinedError

from iom.adapters.letters.render import _TEMPLATES, FOLDER, DigestEntry, LetterContext, LetterKind, render
from iom.programme_check import LETTERS

EVE = datetime(2026, 11, 30, 9, tzinfo=UTC)
DUE = datetime(2026, 12, 1, 17, tzinfo=UTC)
LINK = "https://actions.example/steps/6f1d?from=letter&n=1"

GIVES_AWAY = """
    adopted agency alcohol amber arrest blue breach child cohort conviction court crime criminal custody diversion
    divert drug fixed flex free green health hospital housing integrated intelligence iom jail knife licence mappa marac
    medical mentor navigator nominal offence offender offending order panel perpetrator police prison prisoner probation
    programme red release risk sentence supervision suspect tag testing treatment vip victim violence voluntary weapon
    crn pnc noms mr mrs ms dear hello hi
"""


WITHOUT_A_DATE = (LetterKind.DIGEST, LetterKind.ADDRESS_REFUSED)
WITH_A_DATE = [kind for kind in LetterKind if kind not in WITHOUT_A_DATE]
IN_A_DIGEST = [kind for kind in WITH_A_DATE if kind is not LetterKind.SIGN_IN_LINK]


def a_letter(kind: LetterKind, written_at: datetime = EVE, due_at: datetime = DUE) -> LetterContext:
    entries = tuple(
        DigestEntry(entry, f"LX-{number}F7Q", due_at, f"https://actions.example/steps/{number}")
        for number, entry in enumerate(IN_A_DIGEST, start=1)
    )
    return LetterContext(
        service="Partner Actions",
        link=LINK,
        written_at=written_at,
        case_ref=None if kind in (LetterKind.DIGEST, LetterKind.SIGN_IN_LINK) else "LX-4F7Q",
        due_at=None if kind in WITHOUT_A_DATE else due_at,
        entries=entries if kind is LetterKind.DIGEST else (),
    )


class Reader(HTMLParser):
    """Reads a letter's HTML aloud: what the text letter should say, word for word."""

    def __init__(self) -> None:
        super().__init__()
        self.spoken: list[str] = []
        self._link = ""
        self._silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent = self._silent or tag == "head"
        if tag == "li":
            self.spoken.append("-")
        if tag == "a":
            self._link = dict(attrs)["href"] or ""

    def handle_endtag(self, tag: str) -> None:
        self._silent = self._silent and tag != "head"
        if tag == "a":
            self.spoken[-1] += ":"
            self.spoken.append(self._link)

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._silent:
            self.spoken.append(data)


def test_every_kind_of_letter_has_its_folder_with_three_files() -> None:
    folders = {
        folder.name: {file.name for file in folder.iterdir()}
        for folder in FOLDER.iterdir()
        if folder.is_dir()
    }
    folders.pop("__pycache__", None)
    assert folders == {kind: {"subject.txt", "body.txt", "body.html"} for kind in LetterKind}


def test_every_letter_a_programme_may_name_has_its_words() -> None:
    assert set(LETTERS) <= set(LetterKind)


@pytest.mark.parametrize("kind", LetterKind)
def test_text_and_html_say_the_same(kind: LetterKind) -> None:
    letter = render(kind, a_letter(kind))
    reader = Reader()
    reader.feed(letter.html)
    assert " ".join(" ".join(reader.spoken).split()) == " ".join(letter.text.split())


@pytest.mark.parametrize("kind", LetterKind)
def test_a_letter_gives_nobody_away(kind: LetterKind) -> None:
    letter = render(kind, a_letter(kind))
    said = set(re.findall(r"[a-z]+", f"{letter.subject} {letter.text}".lower()))
    assert not said & set(GIVES_AWAY.split())


@pytest.mark.parametrize("kind", LetterKind)
def test_a_letter_carries_its_marking_its_way_in_and_a_subject_of_one_line(kind: LetterKind) -> None:
    letter = render(kind, a_letter(kind))
    assert letter.subject.startswith("[OFFICIAL] ")
    assert "\n" not in letter.subject
    assert len(letter.subject) < 78
    assert letter.text.startswith("OFFICIAL\n")
    assert letter.text.endswith("OFFICIAL\n")
    assert re.search(r"Sign in to [a-z ,]+: https://", letter.text)
    assert "None" not in letter.html + letter.text + letter.subject


@pytest.mark.parametrize("kind", WITH_A_DATE)
def test_a_letter_that_lacks_its_due_date_is_not_written(kind: LetterKind) -> None:
    dateless = LetterContext(service="Partner Actions", link=LINK, written_at=EVE, case_ref="LX-4F7Q")
    with pytest.raises(AttributeError):
        render(kind, dateless)


def test_a_template_that_asks_for_more_than_it_is_given_is_refused() -> None:
    greeting = _TEMPLATES.from_string("Dear {{ name }}")
    with pytest.raises(UndefinedError):
        greeting.render(service="Partner Actions")


def test_the_subject_names_reference_and_day() -> None:
    assert render(LetterKind.DUE_SOON, a_letter(LetterKind.DUE_SOON)).subject == (
        "[OFFICIAL] Action due – ref LX-4F7Q – 1 December"
    )


@pytest.mark.parametrize("kind", [LetterKind(name) for name in LETTERS])
def test_a_subject_about_another_year_names_the_year_and_stays_one_line(kind: LetterKind) -> None:
    new_year = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    for written_at, due_at, day in (
        (EVE, datetime(2020, 9, 30, 16, tzinfo=UTC), "30 September 2020"),
        (EVE, datetime(2027, 1, 4, 17, tzinfo=UTC), "4 January 2027"),
        (new_year, DUE, "1 December"),
        (datetime(2027, 1, 1, tzinfo=UTC), DUE, "1 December 2026"),
    ):
        subject = render(kind, a_letter(kind, written_at, due_at)).subject
        assert re.search(rf" {day}$", subject)
        assert len(subject) < 84


@pytest.mark.parametrize(
    ("written_at", "sentence"),
    [
        (EVE, "is due by 17:00 on Tuesday 1 December 2026."),
        (datetime(2026, 12, 1, 9, tzinfo=UTC), "is due today, Tuesday 1 December 2026, by 17:00."),
        (datetime(2026, 12, 1, 17, 1, tzinfo=UTC), "was due by 17:00 on Tuesday 1 December 2026."),
        (datetime(2025, 12, 1, 9, tzinfo=UTC), "is due by 17:00 on Tuesday 1 December 2026."),
    ],
)
def test_the_due_date_is_told_as_it_stands_when_the_letter_goes(written_at: datetime, sentence: str) -> None:
    assert sentence in render(LetterKind.DUE_TODAY, a_letter(LetterKind.DUE_TODAY, written_at)).text


def test_moments_are_shown_by_london_clocks() -> None:
    in_summer = datetime(2026, 7, 31, 23, 30, tzinfo=UTC)
    letter = render(LetterKind.REVIEW_INVITATION, a_letter(LetterKind.REVIEW_INVITATION, EVE, in_summer))
    assert letter.subject.endswith("– 1 August")
    assert "at 00:30 on Saturday 1 August 2026" in letter.text


def test_a_digest_counts_its_entries_and_links_to_each() -> None:
    entry = DigestEntry(LetterKind.STEP_OPENED, "LX-4F7Q", DUE, "https://actions.example/steps/1")
    one = render(LetterKind.DIGEST, LetterContext("Partner Actions", LINK, EVE, entries=(entry,)))
    two = render(LetterKind.DIGEST, LetterContext("Partner Actions", LINK, EVE, entries=(entry, entry)))
    assert one.subject == "[OFFICIAL] 1 action for you – 30 November"
    assert "There is 1 action for you" in one.text
    assert two.subject == "[OFFICIAL] 2 actions for you – 30 November"
    assert two.text.count("ref LX-4F7Q: https://actions.example/steps/1\n") == 2
    assert "- New action. It is due by 17:00 on Tuesday 1 December 2026.\n" in two.text


def test_what_stands_in_a_link_cannot_break_out_of_the_html() -> None:
    letter = render(LetterKind.DUE_SOON, a_letter(LetterKind.DUE_SOON))
    assert f'href="{LINK.replace("&", "&amp;")}"' in letter.html
    assert f": {LINK}\n" in letter.text


def test_html_letters_state_their_language_and_title_and_use_no_tables() -> None:
    for kind in LetterKind:
        letter = render(kind, a_letter(kind))
        assert '<html lang="en-GB">' in letter.html
        assert f"<title>{letter.subject}</title>" in letter.html
        assert "<table" not in letter.html
        assert "<img" not in letter.html
