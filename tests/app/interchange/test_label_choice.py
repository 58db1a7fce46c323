from __future__ import annotations

import pytest

from app.interchange.errors import ImportRefused
from app.interchange.label_choice import choose


def test_a_mapping_chooses_labels_and_names_their_classes() -> None:
    choice = choose(["5", "6", "7"], {"5": "five", "7": "Seven"}, ["five", "seven"], create=False)
    assert choice.classes == {"5": "five", "7": "seven"}
    assert choice.takes("5")
    assert not choice.takes("6")
    assert choice.takes(None)


def test_without_a_mapping_labels_mean_the_classes_of_their_name() -> None:
    choice = choose(["Cat", "bird"], {}, ["cat", "dog"], create=False)
    assert choice.classes == {"Cat": "cat"}
    assert not choice.takes("bird")


def test_labels_that_name_no_class_are_not_looked_at_and_that_is_said() -> None:
    choice = choose(["2023", "2024"], {}, ["cat"], create=False)
    assert choice.takes("2023")
    assert choice.name("2023") is None
    assert "2023, 2024" in choice.notice


def test_missing_classes_are_made_when_asked_for() -> None:
    assert choose(["a", "B"], {}, ["b"], create=True).classes == {"a": "a", "B": "b"}


def test_several_labels_may_mean_one_class() -> None:
    assert choose(["1", "7"], {"1": "stroke", "7": "stroke"}, [], create=True).names == ["stroke"]


def test_a_label_that_does_not_occur_is_refused_with_those_that_do() -> None:
    with pytest.raises(ImportRefused, match=r"No image has the label 8; the labels are 5, 7"):
        choose(["5", "7"], {"8": "eight"}, ["eight"], create=False)


def test_a_class_that_is_missing_is_refused_unless_it_may_be_made() -> None:
    with pytest.raises(ImportRefused, match="no class five"):
        choose(["5"], {"5": "five"}, [], create=False)


@pytest.mark.parametrize("label", ["\u200b", "two\nlines", "x" * 101])
def test_a_label_that_cannot_name_a_class_is_refused(label: str) -> None:
    with pytest.raises(ImportRefused, match="label"):
        choose([label], {}, [], create=True)


def test_unlabeled_sources_choose_nothing() -> None:
    choice = choose([], {}, ["cat"], create=True)
    assert choice.takes(None)
    assert not choice.notice
