"""Makes the rows that tests begin with, each valid and committed, with only what matters said."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from io import BytesIO
from itertools import count
from typing import Any, TypeVar
from uuid import uuid4

import PIL.Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import artifacts
from app.accounts import secrets, store
from app.projects.settings import ProjectSettings
from app.tables import (
    Base,
    Budget,
    Image,
    Import,
    Label,
    Membership,
    Project,
    ProjectClass,
    Query,
    Remark,
    Round,
    SettingsVersion,
    Stage,
    Token,
    User,
    now,
)
from app.words import Answer, Origin, ProjectState, Role, Source, StageKind

_numbers = count(1)
Row = TypeVar("Row", bound=Base)


class Factory:
    """Adds rows to one session; every method commits and returns the row."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def _add(self, row: Row) -> Row:
        # SQLite lets nobody write who has read what another process changed since.
        self.session.commit()
        self.session.add(row)
        self.session.commit()
        return row

    def user(self, email: str = "", *, is_admin: bool = False, **columns: Any) -> User:
        """A person who never chose a password."""
        email = email or f"person{next(_numbers)}@example.org"
        name = columns.pop("name", email.partition("@")[0].capitalize())
        return self._add(User(email=email, name=name, is_admin=is_admin, **columns))

    def admin(self, email: str = "") -> User:
        """An admin."""
        return self.user(email, is_admin=True)

    def project(
        self,
        *,
        classes: Sequence[str] = ("five", "seven"),
        state: ProjectState = ProjectState.RUNNING,
        settings: dict[str, Any] | None = None,
        **columns: Any,
    ) -> Project:
        """A project with classes, a budget without caps and its first settings."""
        written = ProjectSettings.model_validate(settings or {}).model_dump(mode="json")
        name = columns.pop("name", f"Project {next(_numbers)}")
        project = self._add(Project(name=name, state=state, settings=written, **columns))
        self._add(Budget(project_id=project.id))
        self._add(SettingsVersion(project_id=project.id, version=1, settings=written))
        for name in classes:
            self.project_class(project, name)
        return project

    def project_class(self, project: Project, name: str = "") -> ProjectClass:
        """A class, after those that the project has; its key is its number."""
        position = len(self.classes(project))
        return self._add(
            ProjectClass(
                project_id=project.id,
                name=name or f"class {position}",
                key=str((position + 1) % 10),
                position=position,
            )
        )

    def classes(self, project: Project) -> list[ProjectClass]:
        """The project's classes in their order."""
        statement = select(ProjectClass).where(ProjectClass.project_id == project.id)
        return list(self.session.scalars(statement.order_by(ProjectClass.position)))

    def member(
        self, project: Project, role: Role = Role.ANNOTATOR, user: User | None = None
    ) -> User:
        """Somebody with a role in a project."""
        user = user or self.user()
        self._add(Membership(project_id=project.id, user_id=user.id, role=role))
        return user

    def image(self, project: Project, origin: Origin = Origin.POOL, **columns: Any) -> Image:
        """An image with its bytes in the artifact store, different from all others."""
        number = next(_numbers)
        picture = PIL.Image.new("L", (8, 8))
        picture.putdata([*hashlib.sha256(str(number).encode()).digest()] * 2)
        png = BytesIO()
        picture.save(png, "PNG")
        sha256 = artifacts.write_image(png.getvalue())
        return self._add(Image(project_id=project.id, sha256=sha256, origin=origin, **columns))

    def round(self, project: Project, number: int | None = None, **columns: Any) -> Round:
        """A round, by default the next one."""
        statement = select(Round.number).where(Round.project_id == project.id)
        number = number or max(self.session.scalars(statement), default=0) + 1
        settings_version = columns.pop("settings_version", project.settings_version)
        return self._add(
            Round(
                project_id=project.id,
                number=number,
                settings_version=settings_version,
                seed=columns.pop("seed", 0),
                **columns,
            )
        )

    def query(self, project: Project, round: Round | None = None, **columns: Any) -> Query:
        """An open query about an image of its own, in the first round unless told otherwise."""
        round_id = (round or self._first_round(project)).id
        image = columns.pop("image", None) or self.image(project)
        source = columns.pop("source", Source.POOL)
        return self._add(
            Query(
                project_id=project.id,
                round_id=round_id,
                image_id=image.id,
                source=source,
                **columns,
            )
        )

    def _first_round(self, project: Project) -> Round:
        statement = select(Round).where(Round.project_id == project.id).order_by(Round.number)
        return self.session.scalars(statement).first() or self.round(project)

    def label(
        self, query: Query, user: User, answer: Answer = Answer.SKIP, **columns: Any
    ) -> Label:
        """A stored answer; settles nothing by itself."""
        return self._add(
            Label(
                id=columns.pop("id", str(uuid4())),
                project_id=query.project_id,
                query_id=query.id,
                user_id=user.id,
                answer=answer,
                **columns,
            )
        )

    def remark(self, query: Query, user: User, **columns: Any) -> Remark:
        """Something that a lead should look at."""
        columns.setdefault("id", str(uuid4()))
        columns.setdefault("text", "Please look at this.")
        mine = {"project_id": query.project_id, "query_id": query.id, "user_id": user.id}
        return self._add(Remark(**mine, **columns))

    def imported(self, project: Project, **columns: Any) -> Import:
        """An import that nobody has worked on yet."""
        request = columns.pop("request", {"source": {"kind": "digits"}})
        return self._add(Import(project_id=project.id, request=request, **columns))

    def stage(
        self, project: Project, kind: StageKind = StageKind.EVALUATE, **columns: Any
    ) -> Stage:
        """A piece of machine work that waits."""
        number = columns.pop("number", next(_numbers))
        return self._add(Stage(project_id=project.id, kind=kind, number=number, **columns))

    def session_cookie(self, user: User) -> str:
        """The cookie of a browser that the person signed in with."""
        secret = secrets.make()
        store.add_session(
            self.session, user.id, secrets.hashed(secret), expires_at=now() + timedelta(days=14)
        )
        self.session.commit()
        return secret

    def token(self, user: User, **columns: Any) -> str:
        """A bearer token of the person, in plain."""
        secret = f"cusp_{secrets.make_prefix()}_{secrets.make()}"
        columns.setdefault("expires_at", now() + timedelta(days=30))
        self._add(
            Token(
                user_id=user.id,
                name="test",
                prefix=secret.split("_")[1],
                hash=secrets.hashed(secret),
                **columns,
            )
        )
        return secret
