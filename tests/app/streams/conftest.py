"""A project with a learner, without a wait for features or a generator: it sees pixels."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image as Picture
from sqlalchemy import select

from app.rounds import materials
from app.tables import Image
from app.words import Origin, StageKind
from tests.app.interchange.pictures import encoded
from tests.app.rounds.conftest import Classroom, classroom, imported_data  # noqa: F401


@pytest.fixture
def taught(classroom: Classroom) -> Classroom:  # noqa: F811
    """A classroom whose learner has seen ten answers."""
    classroom.turn(StageKind.FIT_AND_POSE)
    classroom.answer_all()
    classroom.turn(StageKind.FIT_AND_POSE)
    return classroom


def strangers(room: Classroom, count: int) -> list[bytes]:
    """Make digits that the project does not have: holdout images, moved by a pixel."""
    hashes = room.session.scalars(
        select(Image.sha256)
        .where(Image.project_id == room.project.id, Image.origin == Origin.HOLDOUT)
        .order_by(Image.id)
        .limit(count)
    ).all()
    room.session.rollback()
    moved = [np.roll(materials.synthesized_image(each)[0, 0], 1, axis=1) for each in hashes]
    return [encoded(Picture.fromarray(each)) for each in moved]
