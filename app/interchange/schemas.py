"""Shapes of imports: what to read, what to keep of it, and what became of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator, model_validator


class FileKind(StrEnum):
    """Kinds of files that hold many images."""

    ZIP = "zip"
    NPZ = "npz"
    NPY = "npy"
    IDX = "idx"


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FolderSource(_Shape):
    """A folder of images on the server; folders in it are classes."""

    kind: Literal["folder"]
    path: str = Field(min_length=1, max_length=4096)


class FileSource(_Shape):
    """A file on the server. Labels of `npy` and `idx` may lie in a second file; those of IDX are
    found by their usual name.
    """

    kind: Literal[FileKind.ZIP, FileKind.NPZ, FileKind.NPY, FileKind.IDX]
    path: str = Field(min_length=1, max_length=4096)
    labels: str = Field("", max_length=4096)


#: What an option of a dataset may say; nothing that could be part of a path.
OptionText = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
#: Arguments of datasets that have a field of their own, or that are no plain values.
_FIXED_OPTIONS = {"root", "download", "train", "transform", "target_transform", "loader"}


class TorchvisionSource(_Shape):
    """A classification dataset of torchvision, by the name of its class, such as `MNIST`."""

    kind: Literal["torchvision"]
    name: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9]{1,40}$")
    #: Where its files lie or are put; empty is a folder of the server's own.
    root: str = Field("", max_length=4096)
    download: bool = False
    #: More arguments of the dataset's class, such as `{"split": "letters"}` for EMNIST.
    options: dict[str, bool | int | OptionText] = Field({}, max_length=10)

    @field_validator("options")
    @classmethod
    def _free(cls, options: dict[str, bool | int | str]) -> dict[str, bool | int | str]:
        for name in _FIXED_OPTIONS & options.keys():
            raise ValueError(f"the option {name} cannot be given")
        return options


class DigitsSource(_Shape):
    """scikit-learn's bundled handwritten digits."""

    kind: Literal["digits"]


class UploadSource(_Shape):
    """A file that came in by upload; only the server makes these."""

    kind: Literal["upload"]
    file_kind: FileKind
    artifact: str
    labels_artifact: str = ""
    #: What the uploader called it; shown, never used as a path.
    name: str = Field("", max_length=300)


#: What the server can reach by itself.
ServerSource = FolderSource | FileSource | TorchvisionSource | DigitsSource


class Holdout(_Shape):
    """Which labeled images become the holdout instead of going to the pool."""

    #: A share of each class, or a number in all, chosen at random by the seed.
    share: float = Field(0.0, ge=0, le=0.9)
    count: int = Field(0, ge=0, le=1_000_000)
    #: Whether labeled images that the source itself sets apart for testing become the holdout.
    test_split: bool = True

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.share and self.count:
            raise ValueError("give the holdout a share or a count, not both")
        return self


class Choices(_Shape):
    """What to keep of a source."""

    #: Label in the source -> class of the project; other labels are left out. Empty: labels that
    #: equal the names of the project's classes.
    classes: dict[str, str] = Field({}, max_length=1000)
    #: Whether classes that the project lacks are made.
    create_classes: bool = False
    holdout: Holdout = Holdout()
    #: Share of the labeled images that are left which becomes gold: asked to learn how well people
    #: answer, never trained on.
    gold_share: float = Field(0.0, ge=0, le=0.5)
    #: Chooses holdout and gold; None takes the project's.
    seed: int | None = Field(None, ge=0, lt=2**31)

    @field_validator("classes")
    @classmethod
    def _names(cls, classes: dict[str, str]) -> dict[str, str]:
        named = {label.strip(): name.strip() for label, name in classes.items()}
        if any(not name or len(name) > 100 for name in named.values()):
            raise ValueError("the name of a class has 1 to 100 characters")
        return named


class ServerImport(Choices):
    """An import of something that the server can reach by itself."""

    source: ServerSource = Field(discriminator="kind")


class ImportRequest(Choices):
    """What an import reads and keeps; stored with it."""

    source: ServerSource | UploadSource = Field(discriminator="kind")


class ImportState(StrEnum):
    """Where an import stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    #: Nothing was imported; the problem says why.
    FAILED = "failed"


class ImportView(BaseModel):
    """An import as the API shows it."""

    id: int
    #: What was read: the file's or dataset's name.
    source: str
    kind: str
    state: ImportState
    #: Share done, in [0, 1].
    share: float
    problem: str
    notices: list[str]
    pool_count: int
    holdout_count: int
    #: Images of the new holdout by class.
    holdout: dict[str, int]
    #: Files by verdict, and the first 100 of each that was refused.
    verdicts: dict[str, int]
    files: dict[str, list[dict[str, str]]]
    created_at: datetime
    done_at: datetime | None
    #: What the machine tells while it works.
    facts: dict[str, JsonValue]


class ImportPage(BaseModel):
    """Some imports, oldest first."""

    items: list[ImportView]
    #: Give it as `after` to see the next ones.
    next: int | None
