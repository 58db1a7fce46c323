from __future__ import annotations

import inspect

from app.interchange.torchvision_names import DATASETS
from models.torchvision_loading import torchvision


def test_every_dataset_exists_and_takes_its_arguments() -> None:
    for name, dataset in DATASETS.items():
        parameters = inspect.signature(getattr(torchvision().datasets, name)).parameters
        if any(each.kind is inspect.Parameter.VAR_KEYWORD for each in parameters.values()):
            continue
        given = {key for part in [*dataset.training, *dataset.test] for key in part}
        given |= dataset.always.keys() | ({"download"} if dataset.downloads else set())
        given |= {"root"} if dataset.on_disk else set()
        assert given <= set(parameters), name
