"""The shape of a person's preferences, as they are sent, told and stored."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.projects.settings import UsualWay

#: So many images a grid may show at a time.
GridSize = Literal[10, 20, 30, 50]

_Target = Annotated[str, StringConstraints(max_length=40)]
_Key = Annotated[str, StringConstraints(max_length=40)]


class Preferences(BaseModel):
    """How one person likes to label in one project."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    way: UsualWay | None = Field(
        None, description="How questions about one image are put; null: as the project has it."
    )
    grid_size: GridSize = Field(20, description="How many images a grid shows at a time.")
    keys: dict[_Target, _Key] = Field(
        {},
        max_length=300,
        description="Own keys: of a class by `class:<id>`, of a command by its name, such as"
        " `skip` or `cannot_tell`. A command with an empty key has none.",
    )
