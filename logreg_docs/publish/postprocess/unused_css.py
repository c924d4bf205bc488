"""Remove the rules of a style sheet that cannot match anything on the site.

A rule is kept if every name in one of its selectors (element, class, id, attribute and its value) occurs in a tag of
some page or anywhere in a script, which may set it later. Rules that cannot be decided are kept.

Of the words in scripts, only `js` and those with a hyphen count as classes: Material and this site use no others there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import tinycss2

from logreg_docs.publish.postprocess.theme_patches import NEVER_MADE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["UsedNames", "remove_unused_rules"]

_WORD = re.compile(r"[\w-]+")
_VARIABLE = re.compile(r"--[\w-]+")
_PIECE = re.compile(r"""<(?:script|style)\b.*?</(?:script|style)>|<[a-z](?:[^>"']|"[^"]*"|'[^']*')*>""", re.DOTALL)
_GROUPS = ("container", "layer", "media", "scope", "supports")
_ALTERNATIVES = ("is", "where", "has")


class UsedNames(HTMLParser):
    """Collects the names that selectors can match on the pages of a site and in its scripts.

    Args:
        scripts: The text of the scripts.
    """

    def __init__(self, scripts: Iterable[str] = ()) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: dict[str, set[str]] = {"class": set(), "id": set()}
        self.words: set[str] = set()
        self.variables: set[str] = set()
        self._script = False
        self._known: set[str] = set()
        for script in scripts:
            self._read(script)

    def read_page(self, html: str) -> None:
        """Add the names of a page, skipping tags that have been read before."""
        new = set(_PIECE.findall(html)) - self._known
        self._known |= new
        self.feed("".join(new))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Add an element's name and attributes."""
        self._script = tag in ("script", "style")
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, set()).update((value or "", *(value or "").split()))
            if name == "style":
                self.variables.update(_VARIABLE.findall(value or ""))

    def handle_data(self, data: str) -> None:
        """Add the names in inline scripts and styles."""
        if self._script:
            self._read(data)
            self._script = False

    def _read(self, script: str) -> None:
        self.words.update(_WORD.findall(script))
        self.variables.update(_VARIABLE.findall(script))

    def may_be_class(self, name: str) -> bool:
        """Return whether a page can have an element of this class."""
        if name in self.attributes["class"]:
            return True
        return ("-" in name or name == "js") and not name.startswith(NEVER_MADE) and self._in_script(name)

    def may_be_tag(self, name: str) -> bool:
        """Return whether a page can have an element of this name."""
        return name.lower() in self.tags or self._in_script(name)

    def may_be_attribute(self, attribute: str, value: str | None = None) -> bool:
        """Return whether a page can have an attribute with this value, or with any."""
        found = self.attributes.get(attribute.lower())
        if value is None or not found:
            # Scripts access data-md-state as dataset.mdState.
            return bool(found) or attribute.startswith("data-") or self._in_script(attribute)
        # No script sets the text direction.
        return value in found or (attribute != "dir" and self._in_script(value))

    def most_tabs(self) -> int:
        """Return the number of tabs in the largest tab set."""
        counts = (value.partition(":")[2] for value in self.attributes.get("data-tabs", ()))
        return max((int(count) for count in counts if count.isdigit()), default=0)

    def _in_script(self, name: str) -> bool:
        """Return whether scripts contain a name, or a prefix to which they append the rest."""
        parts = [name[: at + 1] for at, letter in enumerate(name) if letter == "-"]
        return name in self.words or any(part in self.words for part in parts[1:])


@dataclass(slots=True)
class _Block:
    """A rule or a group of rules, as text."""

    head: str
    items: list[_Block | tuple[str, str]] = field(default_factory=list)


def remove_unused_rules(sheet: str, names: UsedNames) -> str:
    """Return a style sheet without what has no effect on a site.

    Args:
        sheet: CSS.
        names: The names that its selectors can match.

    Returns:
        CSS without comments, rules that match nothing, and variables and animations that nothing uses.

    Examples:
        >>> names = UsedNames()
        >>> names.read_page('<p class="a">')
        >>> remove_unused_rules("p.a, .b { color: red } .c { top: 0 }", names)
        'p.a{color:red}'
    """
    tree = _read_rules(tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True), names)
    _drop_overridden(tree)
    text = "".join(_write(block, lambda _: True) for block in tree)
    while True:
        words = set(_WORD.findall(re.sub(r"@keyframes [\w-]+", "", text)))
        variables = set(re.findall(r"var\(\s*(--[\w-]+)", text)) | names.variables
        used = variables | {word for word in words if not word.startswith("--")}
        shorter = "".join(_write(block, used.__contains__) for block in tree)
        if shorter == text:
            return text
        text = shorter


def _read_rules(nodes: Iterable[Any], names: UsedNames) -> list[_Block]:
    blocks = []
    for node in nodes:
        if node.type == "qualified-rule":
            if head := _matching(node.prelude, names):
                blocks.append(_Block(head, _declarations(node.content)))
        elif node.type == "at-rule":
            head = f"@{node.at_keyword}{_text(node.prelude, keep_start=True).rstrip()}"
            if node.content is None:
                blocks.append(_Block(f"{head};"))
            elif node.lower_at_keyword in _GROUPS:
                rules = tinycss2.parse_rule_list(node.content, skip_comments=True, skip_whitespace=True)
                if inner := _read_rules(rules, names):
                    blocks.append(_Block(head, list(inner)))
            else:  # @font-face, @keyframes, @page
                blocks.append(_Block(head, [("", _text(node.content))]))
        # Anything else is invalid, and browsers ignore it.
    return blocks


def _drop_overridden(tree: list[_Block]) -> None:
    """Remove variables of the root that a later rule sets again."""
    later: set[str] = set()
    for block in reversed(tree):
        if block.head == ":root":
            block.items = [item for item in block.items if isinstance(item, _Block) or item[0] not in later]
            later |= {item[0] for item in block.items if not isinstance(item, _Block) and item[0].startswith("--")}


def _declarations(content: list[Any]) -> list[_Block | tuple[str, str]]:
    made: list[_Block | tuple[str, str]] = []
    for node in tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True):
        if node.type == "declaration":
            made.append((node.name, f"{_text(node.value)}{'!important' if node.important else ''}"))
        elif node.type in ("qualified-rule", "at-rule"):  # nested rules are rare, and kept
            made.append(_Block(_text([node]).removesuffix(";") + ";"))
    return made


def _text(tokens: Iterable[Any], *, keep_start: bool = False) -> str:
    text = tinycss2.serialize([token for token in tokens if token.type != "comment"])
    text = re.sub(r"\s*\n\s*", " ", text)
    return text.rstrip() if keep_start else text.strip()


def _write(block: _Block, used: Callable[[str], bool]) -> str:
    if not block.items:
        return block.head if block.head.endswith(";") else ""
    if block.head.startswith("@keyframes ") and not used(block.head.split()[1]):
        return ""
    parts = []
    for item in block.items:
        if isinstance(item, _Block):
            parts.append(_write(item, used))
        elif not item[0]:
            parts.append(item[1])
        elif not item[0].startswith("--") or used(item[0]):
            parts.append(f"{item[0]}:{item[1]};")
    inner = "".join(parts).removesuffix(";")
    return f"{block.head}{{{inner}}}" if inner else ""


def _matching(prelude: list[Any], names: UsedNames) -> str:
    """Return the selectors of a list that can match something, or an empty text."""
    selectors = _split(prelude)
    texts = [_text(selector) for selector in selectors]
    kept = [text for text, selector in zip(texts, selectors, strict=True) if _can_match(selector, names)]
    # A browser that does not know one selector of a list ignores the whole list, so such a list stays as it is.
    return ",".join(texts if kept and any(re.search("::?-", text) for text in texts) else kept)


def _split(tokens: list[Any]) -> list[list[Any]]:
    parts: list[list[Any]] = [[]]
    for part in tokens:
        if part == ",":
            parts.append([])
        else:
            parts[-1].append(part)
    return parts


def _can_match(selector: list[Any], names: UsedNames) -> bool:
    text = _text(selector)
    if "tabbed-" in text and (place := re.search(r":nth-child\((\d+)\)", text)) and int(place[1]) > names.most_tabs():
        return False
    before = ""
    for token in selector:
        if token.type == "ident" and before != ":":
            found = names.may_be_class(token.value) if before == "." else names.may_be_tag(token.value)
        elif token.type == "hash":
            found = names.may_be_attribute("id", token.value)
        elif token.type == "[] block":
            found = _attribute_can_match(token.content, names)
        elif token.type == "function" and token.lower_name in _ALTERNATIVES:
            found = any(_can_match(part, names) for part in _split(token.arguments))
        else:
            found = True
        if not found:
            return False
        before = token.value if token.type == "literal" else ""
    return True


def _attribute_can_match(content: list[Any], names: UsedNames) -> bool:
    """Check `[name]`, `[name=value]` and `[name~=value]`, and only the name of other forms."""
    tokens = [token for token in content if token.type != "whitespace"]
    name, *rest = (token.value if token.type in ("ident", "string", "literal") else None for token in tokens)
    if name is None:
        return True
    match rest:
        case ["=" | "~=", value]:
            return names.may_be_attribute(name, value)
    return names.may_be_attribute(name)
