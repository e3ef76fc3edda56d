"""Markup read as a browser reads it: a tree of elements, its shape, and hostile text to put into drawings."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

from searchcore import Corpus, Document, Query
from searchcore.ranking import BUILT_IN, Method, by_key

HOSTILE = """<img src=x onerror=alert(1)> ${6*7} {{value}} {} {0.__class__} %s "' & </script> --> ]]> <!-- """
PLAIN = "plain words"
METHODS = by_key(BUILT_IN)
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "wbr"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    content: list[Element | str] = field(default_factory=list)

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()

    @property
    def text(self) -> str:
        return "".join(part if isinstance(part, str) else part.text for part in self.content)

    def all(self, css_class: str = "", tag: str = "") -> list[Element]:
        found = []
        for part in self.content:
            if isinstance(part, Element):
                if (not css_class or css_class in part.classes) and (not tag or part.tag == tag):
                    found.append(part)
                found += part.all(css_class, tag)
        return found

    def one(self, css_class: str = "", tag: str = "") -> Element:
        (found,) = self.all(css_class, tag)
        return found

    def texts(self, css_class: str = "", tag: str = "") -> list[str]:
        return [element.text for element in self.all(css_class, tag)]


class Reader(HTMLParser):
    """A tree of what is read, and its `shape`: all tags with the names of their attributes, and all that is no text."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.root = Element("root", {})
        self.open = [self.root]
        self.shape: list[tuple[str, ...]] = []
        self.feed(markup)
        self.close()
        assert self.open == [self.root], f"never closed: {[element.tag for element in self.open[1:]]}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names), f"an attribute twice in {tag}: {names}"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.shape.append((tag, *names, *element.classes))
        self.open[-1].content.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag
        self.shape.append((f"/{tag}",))

    def handle_data(self, data: str) -> None:
        self.open[-1].content.append(data)

    def handle_comment(self, data: str) -> None:
        self.shape.append(("comment",))

    def handle_decl(self, decl: str) -> None:
        self.shape.append(("declaration",))

    def handle_pi(self, data: str) -> None:
        self.shape.append(("instruction",))


def tree(markup: str) -> Element:
    return Reader(markup).root


class Titled:
    """A built-in method under another title."""

    def __init__(self, method: Method, title: str, key: str = "") -> None:
        self._method, self.title, self.key = method, title, key or method.key

    def __getattr__(self, name: str) -> object:
        return getattr(self._method, name)


def methods_called(title: str) -> dict[str, Method]:
    return {key: Titled(method, title) for key, method in METHODS.items()}  # type: ignore[misc]


def corpus_saying(text: str, count: int = 7) -> Corpus:
    """Documents whose ids, titles and texts hold `text`; the last one has no title."""
    documents = [
        Document(f"d{i} {text}", f"text {i} {text}", f"title {i} {text}", {"year": 1990}) for i in range(count)
    ]
    documents[-1] = replace(documents[-1], title="")
    return Corpus(f"name {text}", tuple(documents), f"corpus {text}", queries=(Query("q", text, {"kind": text}),))


def all_words(element: Element) -> str:
    """Every text and attribute."""
    attributes = [value for each in element.all() for value in each.attributes.values()]
    return "\n".join([element.text, *attributes])
