from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app import database
from app.interchange import store
from app.tables import ProjectClass
from app.words import Origin
from tests.app.interchange.conftest import Desk
from tests.factories import Factory

pytestmark = pytest.mark.services


def test_mnist_fives_and_sevens(desk: Desk, real_data: Path) -> None:
    view = desk.file(real_data / "mnist.npz", classes={"5": "five", "7": "seven"})
    assert (view.pool_count, view.holdout_count) == (5421 + 6265, 892 + 1028)
    assert view.holdout == {"five": 892, "seven": 1028}
    assert view.verdicts == {"ok": 13_606, "class_left_out": 56_394}
    with np.load(real_data / "mnist.npz") as original:
        wanted = np.isin(original["y_train"], [5, 7])
        assert np.array_equal(desk.array(view)[:, 0], original["x_train"][wanted])
        tested = np.isin(original["y_test"], [5, 7])
        assert np.array_equal(desk.array(view, "holdout_array")[:, 0], original["x_test"][tested])
    assert len(desk.images(Origin.POOL)) == 11_686
    names = {each.id: each.name for each in desk_classes(desk)}
    told = [names[row.class_id] for row in desk.images(Origin.HOLDOUT)]
    assert (told.count("five"), told.count("seven")) == (892, 1028)


def desk_classes(desk: Desk) -> list[ProjectClass]:
    with database.reading() as session:
        return list(store.classes(session, desk.project_id))


def test_cifar_automobiles_and_horses_in_color(make: Factory, real_data: Path) -> None:
    desk = Desk(make.project(classes=("automobile", "horse")))
    path = real_data / "cifar10_auto_horse.npz"
    view = desk.file(path, classes={"1": "automobile", "7": "horse"})
    assert (view.pool_count, view.holdout) == (10_000, {"automobile": 89, "horse": 102})
    with np.load(path) as original:
        assert np.array_equal(desk.array(view), original["x_train"].transpose(0, 3, 1, 2))


def test_usps_keeps_its_16_pixels(make: Factory, real_data: Path) -> None:
    desk = Desk(make.project(classes=()))
    view = desk.file(real_data / "usps.npz", create_classes=True)
    assert (view.pool_count, view.holdout_count) == (7291, 2007)
    with np.load(real_data / "usps.npz") as original:
        assert np.array_equal(desk.array(view)[:, 0], original["x_train"])
    assert [each.name for each in desk_classes(desk)] == [str(digit) for digit in range(10)]
