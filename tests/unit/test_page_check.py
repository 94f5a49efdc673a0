"""The page checker finds what it is there to find, and lets a sound page pass."""

import pytest

from tests.integration.page_check import check_page

SOUND = """<!DOCTYPE html>
<html lang="en-GB"><head><title>My steps – Integrated Offender Management</title></head>
<body><main id="main"><h1>My steps</h1><a href="#name">Correct it</a>
<form action="/x"><label for="name">Name</label><input id="name" name="name" aria-describedby="hint">
<p id="hint">In full</p><input type="hidden" name="key" value="k"></form></main></body></html>"""


def test_a_sound_page_passes_and_is_taken_apart() -> None:
    page = check_page(SOUND)
    assert page.words_of("h1") == "My steps"
    assert page.fields("/x") == {"key": "k"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<!DOCTYPE html>", ""),
        (' lang="en-GB"', ""),
        ("<h1>My steps</h1>", "<h2>My steps</h2>"),
        ("<h1>My steps</h1>", "<h1>My steps</h1><h1>Again</h1>"),
        ("<title>My steps – Integrated", "<title>Integrated"),
        ('<label for="name">Name</label>', ""),
        ('<label for="name">Name</label>', '<label for="name"> </label>'),
        ('<p id="hint">', '<p id="name">'),
        ('<p id="hint">', "<p>"),
        ('href="#name"', 'href="#nowhere"'),
        ("<p ", '<p style="color: red" '),
        ("<p ", '<p onclick="x()" '),
        ("</main>", "<script>x()</script></main>"),
        ("</main>", "<style>p {}</style></main>"),
        ("</main>", '<iframe src="/y"></iframe></main>'),
        ("</main>", '<img src="https://elsewhere.example/x.png"></main>'),
        ("</main>", "<table><tr><th></th></tr></table></main>"),
        ("</form>", ""),
        ("In full", "None"),
        ("In full", "{{ view.name }}"),
        ("<p ", '<p class="a" class="b" '),
    ],
)
def test_a_page_with_a_fault_does_not_pass(before: str, after: str) -> None:
    assert before in SOUND
    with pytest.raises(AssertionError):
        check_page(SOUND.replace(before, after, 1))
