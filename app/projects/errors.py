"""What can go wrong while a project is set up, each a sentence and a status."""

from __future__ import annotations

from app.errors import BadRequest, Conflict, Forbidden, NotFound


class ProjectNameTaken(Conflict):
    """Another project has this name; choose one that people can tell apart."""


class UnknownPreset(BadRequest):
    """There is no such preset."""


class NotReady(Conflict):
    """The project cannot start yet."""


class NotRunning(Conflict):
    """The project has not been started, so there is nothing to pause."""


class ProjectFinished(Forbidden):
    """The project is finished; only an admin may start it again."""


class UnknownClass(NotFound):
    """This project has no such class."""


class ClassNameTaken(Conflict):
    """The project already has a class of this name."""


class TooManyClasses(Conflict):
    """A project has at most 200 classes, archived ones included."""


class ReservedKey(BadRequest):
    """This key cannot answer with a class; choose another letter or digit."""


class KeyTaken(Conflict):
    """Another class has this key."""


class ClassNeeded(Conflict):
    """A running project needs two classes; pause it first, or add another class."""


class StaleSettings(Conflict):
    """Somebody saved the settings since you read them; read them again."""


class SettingFixed(Conflict):
    """This setting can no longer change."""


class SettingsRefused(BadRequest):
    """These settings do not fit together."""


class BudgetBelowSpent(Conflict):
    """More than that is already spent; set a larger budget, or pause the project."""


class UnknownPerson(NotFound):
    """Nobody has an account with this address; an admin can make one under People."""


class NotAMember(NotFound):
    """This person is not a member of the project."""


class LeadsByAdmins(Forbidden):
    """Only an admin may make somebody a lead, or take that role away."""
