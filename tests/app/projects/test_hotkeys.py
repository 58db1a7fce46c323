"""Which keys may answer with a class, and which are handed out."""

import pytest

from app.projects.hotkeys import RESERVED, KeyRefused, assign, free_key, read_key


@pytest.mark.parametrize(
    ("text", "key"),
    [("1", "1"), ("A", "a"), ("ä", "ä"), ("é", "é"), ("ж", "ж"), (";", ";"), ("", "")],
)
def test_single_characters_are_keys(text: str, key: str) -> None:
    assert read_key(text) == key


@pytest.mark.parametrize("key", sorted(RESERVED))
def test_a_reserved_key_is_refused_with_what_it_does(key: str) -> None:
    with pytest.raises(KeyRefused) as refused:
        read_key(key.upper())
    assert RESERVED[key] in str(refused.value)


@pytest.mark.parametrize("key", [" ", "ArrowLeft", "Esc", "Return", "\t"])
def test_other_names_of_reserved_keys_are_refused(key: str) -> None:
    with pytest.raises(KeyRefused, match="reserved"):
        read_key(key)


@pytest.mark.parametrize("key", ["ctrl+w", "F5", "ab", "10", "🦊", "\x07", "alt+left"])
def test_combinations_and_what_no_keyboard_has_are_refused(key: str) -> None:
    with pytest.raises(KeyRefused):
        read_key(key)


def test_keys_are_handed_out_from_1_to_9_and_then_free_letters() -> None:
    assert assign([None] * 12) == [*"123456789", "a", "d", "e"]


def test_chosen_keys_are_kept_and_gone_around() -> None:
    assert assign([None, "1", None, ""]) == ["2", "1", "3", ""]


def test_more_classes_than_keys_get_none() -> None:
    keys = assign([None] * 40)
    assert keys[-1] == ""
    assert not set(keys) & set(RESERVED)
    assert free_key(keys) == ""
