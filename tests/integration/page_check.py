"""What must hold of every page, whatever is on it. Reads HTML only; asks no server."""

import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"meta", "link", "input", "br", "hr", "img", "base"})
LABELLED = frozenset({"input", "select", "textarea"})
NEEDS_NO_LABEL = frozenset({"hidden", "submit"})
SLIPS = re.compile(r"\b(None|Undefined)\b|\{\{|\{%|<(Role|Rag|Cohort)\.")
"""What a template that forgot something leaves behind."""


@dataclass
class Element:
    """A start tag and what stands inside it."""

    tag: str
    attributes: dict[str, str]
    words: str = ""


@dataclass
class Page(HTMLParser):
    """A page taken apart. ``faults`` are tags that do not fit into each other."""

    elements: list[Element] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[Element] = []

    @classmethod
    def of(cls, html: str) -> "Page":
        page = cls()
        page.feed(html)
        page.close()
        page.faults += [f"<{left.tag}> is never closed" for left in page._open]
        return page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        self.faults += [f"<{tag}> says {name} twice" for name, times in Counter(names).items() if times > 1]
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1].tag != tag:
            self.faults.append(f"</{tag}> closes {self._open[-1].tag if self._open else 'nothing'}")
        else:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.words += data

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """Elements of this kind with these attributes."""
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}.items()
        return [each for each in self.elements if each.tag == tag and wanted <= each.attributes.items()]

    def words_of(self, tag: str) -> str:
        """What stands in the first element of this kind, on one line."""
        return " ".join(self.all(tag)[0].words.split())

    def fields(self, action: str) -> dict[str, str]:
        """What a browser would send from the form with this action, untouched."""
        assert self.all("form", action=action), f"no form posts to {action}"
        return {
            each.attributes["name"]: each.attributes.get("value", "")
            for each in self.all("input", type="hidden")
            if "name" in each.attributes
        }

    def value_of(self, name: str) -> str:
        """What a field holds."""
        for each in self.elements:
            if each.attributes.get("name") == name:
                return each.words if each.tag == "textarea" else each.attributes.get("value", "")
        raise AssertionError(f"no field {name}")


def check_page(html: str) -> Page:
    """Fails with everything that is wrong with the page; else gives it, taken apart."""
    page = Page.of(html)
    ids = Counter(each.attributes["id"] for each in page.elements if "id" in each.attributes)
    wrong = [*page.faults, *_frame(html, page), *_inline(page), *_labels(page), *_references(page, set(ids))]
    wrong += [f"id {name} stands there {times} times" for name, times in ids.items() if times > 1]
    wrong += [f"left behind: {slip.group()}" for slip in SLIPS.finditer(page.all("body")[0].words)]
    assert not wrong, "\n".join(wrong)
    return page


def _frame(html: str, page: Page) -> list[str]:
    counts = {tag: len(page.all(tag)) for tag in ("title", "h1", "main", "html")}
    wrong = [f"{count} times <{tag}>" for tag, count in counts.items() if count != 1]
    if not html.lstrip().lower().startswith("<!doctype html>"):
        wrong.append("no doctype")
    if not page.all("html", lang="en-GB"):
        wrong.append("no language")
    if not re.fullmatch(r"\S.* – Integrated Offender Management", page.words_of("title")):
        wrong.append(f"title: {page.words_of('title')!r}")
    return wrong


def _inline(page: Page) -> list[str]:
    wrong = [f"<{each.tag}>" for each in page.elements if each.tag in ("script", "style")]
    for each in page.elements:
        wrong += [
            f"<{each.tag} {name}>" for name in each.attributes if name == "style" or name.startswith("on")
        ]
        wrong += [
            f"from elsewhere: {each.attributes[name]}"
            for name in ("src", "action")
            if name in each.attributes and not each.attributes[name].startswith("/")
        ]
    return wrong


def _labels(page: Page) -> list[str]:
    labelled = {each.attributes.get("for") for each in page.all("label") if each.words.strip()}
    fields = [
        each
        for each in page.elements
        if each.tag in LABELLED and each.attributes.get("type") not in NEEDS_NO_LABEL
    ]
    wrong = [f"no label: {each.attributes}" for each in fields if each.attributes.get("id") not in labelled]
    named = [each for each in page.elements if each.tag in ("a", "button", "th", "legend", "h1", "h2")]
    wrong += [f"<{each.tag}> says nothing" for each in named if not each.words.strip()]
    return wrong + ["frame without title" for each in page.all("iframe") if not each.attributes.get("title")]


def _references(page: Page, ids: set[str]) -> list[str]:
    asked = [
        (name, part)
        for each in page.elements
        for name in ("aria-describedby", "aria-labelledby", "for")
        for part in each.attributes.get(name, "").split()
    ]
    asked += [
        ("href", each.attributes["href"][1:])
        for each in page.all("a")
        if each.attributes.get("href", "").startswith("#")
    ]
    return [f"{name} leads nowhere: {part}" for name, part in asked if part not in ids]
