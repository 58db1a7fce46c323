"""The simulated annotator: it names what people would name, knows what it saw, refuses the rest."""

from __future__ import annotations

import io
from functools import lru_cache

import numpy as np
import pytest
from PIL import Image as Picture
from sklearn.datasets import load_digits

from models import simulation
from models.interfaces import Images, Indices, ShapeUnsupported
from models.simulation import Oracle, digest, train_oracle

pytestmark = pytest.mark.slow

NAMES = tuple("0123456789")
LESSONS = 1200


@lru_cache
def digits() -> tuple[Images, Indices]:
    """Return scikit-learn's digits in a fixed order, (1797, 1, 8, 8), and their classes."""
    bundled = load_digits()
    order = np.random.default_rng(3).permutation(len(bundled.target))
    images = np.round(bundled.images[order] * 255 / 16).astype(np.uint8)[:, None]
    return images, bundled.target[order].astype(np.int64)


@lru_cache
def oracle() -> Oracle:
    images, labels = digits()
    return train_oracle(images[:LESSONS], labels[:LESSONS], NAMES, seed=0, progress=lambda *_: None)


def test_new_images_are_mostly_named_and_hardly_ever_wrongly() -> None:
    images, labels = digits()
    answers = oracle().answer(images[LESSONS:], task=NAMES)
    right = [answer == str(label) for answer, label in zip(answers, labels[LESSONS:], strict=True)]
    wrong = [answer is not None and not good for answer, good in zip(answers, right, strict=True)]
    assert np.mean(right) > 0.85
    assert np.mean(wrong) < 0.05


def test_an_image_of_the_lessons_gets_its_own_label_however_odd() -> None:
    images, labels = digits()
    odd = np.concatenate([images[:20], np.full((1, 1, 8, 8), 255, np.uint8)])
    told = np.append(labels[:20], 7)
    taught = train_oracle(odd, told, NAMES, seed=0, progress=lambda *_: None, epochs=0)
    assert taught.answer(odd, task=NAMES) == [str(label) for label in told]


def test_a_class_that_is_not_of_the_task_cannot_be_named() -> None:
    images, labels = digits()
    answers = oracle().answer(images, task=["3", "8"])
    assert {each for each in answers if each} == {"3", "8"}
    others = [each for each, label in zip(answers, labels, strict=True) if label not in (3, 8)]
    assert np.mean([each is None for each in others]) > 0.98


def test_noise_is_refused_for_the_most_part() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (300, 1, 8, 8)).astype(np.uint8)
    refused = [each is None for each in oracle().answer(noise, task=NAMES)]
    # It was 0.88 when this was written.
    assert np.mean(refused) > 0.7


def test_a_lower_threshold_names_more() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (300, 1, 8, 8)).astype(np.uint8)
    careful = oracle()
    bold = Oracle(careful.network, careful.shape, careful.class_names, threshold=0.0)
    assert None not in bold.answer(noise, task=NAMES)


def test_an_image_is_answered_alike_before_and_after_its_way_through_a_file() -> None:
    images, _ = digits()
    some = np.concatenate([images[:15], images[-15:]])
    through = []
    for image in some:
        buffer = io.BytesIO()
        Picture.fromarray(image[0]).save(buffer, format="PNG")
        through.append(np.array(Picture.open(io.BytesIO(buffer.getvalue())))[None])
    back = np.stack(through)
    assert [digest(each) for each in back] == [digest(each) for each in some]
    assert oracle().answer(back, task=NAMES) == oracle().answer(some, task=NAMES)


def test_the_same_seed_teaches_the_same_oracle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulation, "_LEAST_STEPS", 3)
    images, labels = digits()
    once, again = (
        train_oracle(images[:64], labels[:64], NAMES, seed=4, progress=lambda *_: None, epochs=1)
        for _ in range(2)
    )
    assert all(
        (one == other).all()
        for one, other in zip(once.network.parameters(), again.network.parameters(), strict=True)
    )


def test_images_of_another_size_are_refused_in_a_sentence() -> None:
    with pytest.raises(ShapeUnsupported, match=r"learned from images of 8 x 8 pixels"):
        oracle().answer(np.zeros((1, 1, 16, 16), dtype=np.uint8), task=NAMES)


def test_no_images_get_no_answers() -> None:
    assert oracle().answer(digits()[0][:0], task=NAMES) == []


def test_a_strip_is_marked_where_it_turns_and_refused_where_it_does_not() -> None:
    images, _ = digits()
    names = oracle().answer(images[LESSONS:], task=NAMES)
    known = {name: images[LESSONS + place] for place, name in enumerate(names) if name}
    blank = np.zeros((1, 8, 8), np.uint8)
    five, seven = known["5"], known["7"]
    mark = oracle().mark
    assert mark(np.stack([five, five, seven, seven]), task=("5", "7")) == (1, 2)
    assert mark(np.stack([five, blank, blank, seven]), task=("5", "7")) == (0, 3)
    assert mark(np.stack([five, five]), task=("5", "7")) is None
    assert mark(np.stack([seven, seven, five]), task=("5", "7")) is None


def test_the_image_that_is_likelier_a_class_is_more_of_it() -> None:
    images, labels = digits()
    seven, eight = (images[LESSONS:][labels[LESSONS:] == each][0] for each in (7, 8))
    assert oracle().compare(np.stack([seven, eight]), name="7") == 0
    assert oracle().compare(np.stack([eight, seven]), name="7") == 1
