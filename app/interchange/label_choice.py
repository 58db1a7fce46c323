"""Which labels of a source are imported, and as which class of the project.

Pure rules. Knows nothing of files or tables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.interchange.errors import ImportRefused
from app.projects.texts import one_line, same


@dataclass(frozen=True)
class LabelChoice:
    """Labels to import with the names of their classes."""

    #: Label -> name of the class; empty where labels are not looked at.
    classes: Mapping[str, str] = field(default_factory=dict)
    #: What the person should know about the choice.
    notice: str = ""

    def takes(self, label: str | None) -> bool:
        """Whether an image with this label is imported."""
        return label is None or not self.classes or label in self.classes

    @property
    def names(self) -> list[str]:
        """The names of the classes, sorted; a class's number is its place here."""
        return sorted(set(self.classes.values()))

    def name(self, label: str | None) -> str | None:
        """Return the class of a label, or None for an image that counts as unlabeled."""
        return None if label is None else self.classes.get(label)


def choose(
    labels: Sequence[str], wanted: Mapping[str, str], present: Sequence[str], *, create: bool
) -> LabelChoice:
    """Choose by the mapping that was asked for, else by the names of the project's classes."""
    if wanted:
        return LabelChoice(_asked_for(labels, wanted, present, create=create))
    if create:
        return LabelChoice({label: _class_name(label, present) for label in labels})
    matching = {label: name for label in labels for name in present if same(label, name)}
    if labels and not matching:
        return LabelChoice(notice=_ignored(labels))
    return LabelChoice(matching)


def _asked_for(
    labels: Sequence[str], wanted: Mapping[str, str], present: Sequence[str], *, create: bool
) -> dict[str, str]:
    absent = [label for label in wanted if label not in labels]
    if absent:
        raise ImportRefused(
            f"No image has the label {_listed(absent)}; the labels are {_listed(labels)}."
        )
    chosen = {label: _known(name, present) for label, name in wanted.items()}
    unknown = [wanted[label] for label, name in chosen.items() if name is None]
    if unknown and not create:
        raise ImportRefused(
            f"The project has no class {_listed(unknown)}; add it, or import with create_classes."
        )
    return {label: name or _class_name(wanted[label], present) for label, name in chosen.items()}


def _known(name: str, present: Sequence[str]) -> str | None:
    return next((each for each in present if same(each, name)), None)


def _class_name(label: str, present: Sequence[str]) -> str:
    """Return the class that a label names, fit to be made if the project lacks it."""
    try:
        name = one_line(label)
    except ValueError as error:
        raise ImportRefused(f"A label cannot be the name of a class: it {error}.") from None
    if len(name) > 100:
        raise ImportRefused("A label has more than 100 characters; map it to a shorter class.")
    return _known(name, present) or name


def _ignored(labels: Sequence[str]) -> str:
    return (
        f"The labels ({_listed(labels)}) name no class of the project, so the images were taken"
        " without them. To use them, say which label means which class."
    )


def _listed(labels: Sequence[str]) -> str:
    shown = ", ".join(label[:40] for label in labels[:8])
    return f"{shown} and {len(labels) - 8} more" if len(labels) > 8 else shown or "none"
