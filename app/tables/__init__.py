"""The database's tables.

Rules live in the services; these modules know only what is stored and which combinations the
database itself refuses.
"""

from app.tables.accounts import AuditEntry, SignInFailure, SignInLink, SignInSession, Token, User
from app.tables.base import Base, now, table_of
from app.tables.images import Image, Import
from app.tables.labeling import (
    Claim,
    Label,
    Preferences,
    Query,
    QueryImage,
    Reliability,
    Remark,
)
from app.tables.projects import Budget, Membership, Project, ProjectClass, SettingsVersion
from app.tables.rounds import ModelCheckpoint, Round, Stage, Worker
from app.tables.streams import Stream, StreamImage

__all__ = [
    "AuditEntry",
    "Base",
    "Budget",
    "Claim",
    "Image",
    "Import",
    "Label",
    "Membership",
    "ModelCheckpoint",
    "Preferences",
    "Project",
    "ProjectClass",
    "Query",
    "QueryImage",
    "Reliability",
    "Remark",
    "Round",
    "SettingsVersion",
    "SignInFailure",
    "SignInLink",
    "SignInSession",
    "Stage",
    "Stream",
    "StreamImage",
    "Token",
    "User",
    "Worker",
    "now",
    "table_of",
]
