"""Names may hold anything that people can read, and nothing that they cannot."""

import pytest

from app.projects.texts import one_line, optional_line, paragraphs, same


@pytest.mark.parametrize(
    "text",
    [
        "five",
        "</script>",
        "🦊",
        "👩‍🔬 scientist",
        "ثمانية",
        "שבע",
        "'; drop table --",
        "a\u200fb",
        "½",
    ],
)
def test_readable_text_stays_as_it_is(text: str) -> None:
    assert one_line(f"  {text} ") == text


@pytest.mark.parametrize(
    "text", ["", "   ", "\u200b\u200d", "\u3000", "a\nb", "a\x00b", "\ud800", "a\u2028b"]
)
def test_text_that_nobody_can_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must not"):
        one_line(text)


def test_an_optional_line_may_be_empty() -> None:
    assert optional_line("  ") == ""


def test_paragraphs_keep_their_lines_and_refuse_controls() -> None:
    assert paragraphs(" one\r\ntwo\tthree ") == "one\ntwo\tthree"
    with pytest.raises(ValueError, match="control"):
        paragraphs("bell \x07")


def test_names_that_differ_in_case_are_the_same() -> None:
    assert same("STRASSE", "straße")
    assert not same("five", "fives")
