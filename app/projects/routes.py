"""The REST API of projects: set up, started, paused, finished; classes, settings, people, money."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, Query

from app.accounts import auth
from app.accounts.auth import Actor
from app.errors import NotFound
from app.projects import audit, classes, members, overviews, service, spending, store, versions
from app.projects.schemas import (
    AuditPage,
    BudgetOut,
    BudgetPut,
    ClassOut,
    ClassPage,
    ClassPatch,
    MemberOut,
    MemberPage,
    MemberPut,
    NewClass,
    NewMember,
    NewProject,
    ProjectOut,
    ProjectPage,
    ProjectPatch,
    SettingsCheck,
    SettingsDraft,
    SettingsOut,
    SettingsPut,
    VersionPage,
)
from app.rounds.wake import wake
from app.tables import Project
from app.transactions import Reading, Writing
from app.words import Role

router = APIRouter()

SignedIn = Annotated[Actor, Depends(auth.signed_in)]
Admin = Annotated[Actor, Depends(auth.admin)]
Annotator = Annotated[Actor, Depends(auth.annotator)]
Lead = Annotated[Actor, Depends(auth.lead)]
After = Annotated[int, Query(ge=0, lt=2**31)]
Older = Annotated[int | None, Query(ge=0, lt=2**31)]
Limit = Annotated[int, Query(ge=1, le=200)]


@router.post("/projects", status_code=201, tags=["projects"])
def create_project(actor: Admin, session: Writing, new: NewProject) -> ProjectOut:
    """Create a draft: name, question, guidelines, classes, and a preset or settings."""
    project = service.create_project(session, new, by=actor.user_id)
    return overviews.project(session, project, role=Role.LEAD)


@router.get("/projects", tags=["projects"])
def list_projects(
    actor: SignedIn, session: Reading, after: After = 0, limit: Limit = 50
) -> ProjectPage:
    """List the projects that you are a member of; an admin sees all."""
    member = None if actor.is_admin else actor.user_id
    return overviews.page(session, member=member, after=after, limit=limit)


@router.get("/projects/{project_id}", tags=["projects"])
def get_project(actor: Annotator, session: Reading, project_id: int) -> ProjectOut:
    """Show a project."""
    role = auth.role_in(session, actor, project_id) or Role.ANNOTATOR
    return overviews.project(session, _found(session, project_id), role=role)


@router.patch("/projects/{project_id}", tags=["projects"])
def edit_project(actor: Lead, session: Writing, project_id: int, patch: ProjectPatch) -> ProjectOut:
    """Change the name, the question or the guidelines; what is left out stays."""
    project = service.edit_project(session, project_id, patch, by=actor.user_id)
    return overviews.project(session, project, role=Role.LEAD)


@router.post("/projects/{project_id}/start", tags=["projects"])
def start_project(
    actor: Lead, session: Writing, project_id: int, background: BackgroundTasks
) -> ProjectOut:
    """Start a project, or let a paused one go on; a finished one only by an admin."""
    project = service.start(session, project_id, by=actor.user_id, is_admin=actor.is_admin)
    background.add_task(wake, project_id)
    return overviews.project(session, project, role=Role.LEAD)


@router.post("/projects/{project_id}/pause", tags=["projects"])
def pause_project(actor: Lead, session: Writing, project_id: int) -> ProjectOut:
    """Pause a project: answers in flight are taken, nothing new is lent or trained."""
    project = service.pause(session, project_id, by=actor.user_id)
    return overviews.project(session, project, role=Role.LEAD)


@router.post("/projects/{project_id}/finish", tags=["projects"])
def finish_project(actor: Lead, session: Writing, project_id: int) -> ProjectOut:
    """Finish a project for good; its machine work is canceled, its labels stay."""
    project = service.finish(session, project_id, by=actor.user_id)
    return overviews.project(session, project, role=Role.LEAD)


@router.get(
    "/projects/{project_id}/classes", tags=["classes"], dependencies=[Depends(auth.annotator)]
)
def list_classes(session: Reading, project_id: int) -> ClassPage:
    """List all classes in their order, archived ones last."""
    return ClassPage(items=classes.listed(session, project_id))


@router.post("/projects/{project_id}/classes", status_code=201, tags=["classes"])
def add_class(actor: Lead, session: Writing, project_id: int, new: NewClass) -> ClassOut:
    """Add a class; without a key it gets the next free one."""
    return classes.add(session, project_id, new, by=actor.user_id)


@router.patch("/projects/{project_id}/classes/{class_id}", tags=["classes"])
def edit_class(
    actor: Lead, session: Writing, project_id: int, class_id: int, patch: ClassPatch
) -> ClassOut:
    """Rename, move or archive a class, change its key, or bring it back."""
    return classes.edit(session, project_id, class_id, patch, by=actor.user_id)


@router.get("/projects/{project_id}/settings", tags=["settings"], dependencies=[Depends(auth.lead)])
def get_settings(session: Reading, project_id: int) -> SettingsOut:
    """Return the settings, their version, and what each field means and allows."""
    return versions.current(session, _found(session, project_id))


@router.put("/projects/{project_id}/settings", tags=["settings"])
def put_settings(
    actor: Lead,
    session: Writing,
    project_id: int,
    wanted: SettingsPut,
    background: BackgroundTasks,
) -> SettingsOut:
    """Save all settings as a new version; refused if somebody saved another since yours."""
    project = versions.save(
        session, project_id, wanted.settings, version=wanted.version, by=actor.user_id
    )
    background.add_task(wake, project_id)
    return versions.current(session, project)


@router.post(
    "/projects/{project_id}/settings/check", tags=["settings"], dependencies=[Depends(auth.lead)]
)
def check_settings(session: Reading, project_id: int, draft: SettingsDraft) -> SettingsCheck:
    """Say what saving these settings would change and what is wrong; nothing is saved."""
    return versions.check(session, _found(session, project_id), draft.settings)


@router.get(
    "/projects/{project_id}/settings/versions",
    tags=["settings"],
    dependencies=[Depends(auth.lead)],
)
def list_settings_versions(
    session: Reading, project_id: int, after: Older = None, limit: Limit = 50
) -> VersionPage:
    """List every version, newest first: who saved it, when, and what it changed."""
    return versions.page(session, project_id, after=after, limit=limit)


@router.get("/projects/{project_id}/budget", tags=["budget"], dependencies=[Depends(auth.lead)])
def get_budget(session: Reading, project_id: int) -> BudgetOut:
    """Return the caps, what is spent, what is left, and what that means in words."""
    return spending.of(session, project_id)


@router.put("/projects/{project_id}/budget", tags=["budget"])
def put_budget(
    actor: Lead,
    session: Writing,
    project_id: int,
    wanted: BudgetPut,
    background: BackgroundTasks,
) -> BudgetOut:
    """Set all caps; a project whose budget was spent goes on when it is raised."""
    budget = spending.put(session, project_id, wanted, by=actor.user_id)
    background.add_task(wake, project_id)
    return budget


@router.post(
    "/projects/{project_id}/budget/check", tags=["budget"], dependencies=[Depends(auth.lead)]
)
def check_budget(session: Reading, project_id: int, wanted: BudgetPut) -> BudgetOut:
    """Say what these caps would mean; nothing is saved."""
    return spending.weigh(session, project_id, wanted)


@router.get("/projects/{project_id}/members", tags=["members"], dependencies=[Depends(auth.lead)])
def list_members(
    session: Reading, project_id: int, after: After = 0, limit: Limit = 50
) -> MemberPage:
    """List members with how many answers each gave."""
    return members.page(session, project_id, after=after, limit=limit)


@router.post("/projects/{project_id}/members", tags=["members"])
def add_member(actor: Lead, session: Writing, project_id: int, new: NewMember) -> MemberOut:
    """Add somebody by the address of their account; only an admin may add a lead."""
    return members.put_by_email(
        session,
        project_id,
        new.email,
        role=new.role,
        by=actor.user_id,
        is_admin=actor.is_admin,
    )


@router.put("/projects/{project_id}/members/{user_id}", tags=["members"])
def put_member(
    actor: Lead, session: Writing, project_id: int, user_id: int, wanted: MemberPut
) -> MemberOut:
    """Give somebody a role; only an admin may make a lead, or take that role away."""
    return members.put(
        session,
        project_id,
        user_id,
        role=wanted.role,
        by=actor.user_id,
        is_admin=actor.is_admin,
    )


@router.delete("/projects/{project_id}/members/{user_id}", status_code=204, tags=["members"])
def remove_member(actor: Lead, session: Writing, project_id: int, user_id: int) -> None:
    """Take somebody out of the project; their labels stay."""
    members.remove(session, project_id, user_id, by=actor.user_id, is_admin=actor.is_admin)


@router.get("/projects/{project_id}/audit", tags=["projects"], dependencies=[Depends(auth.lead)])
def list_audit(
    session: Reading, project_id: int, after: Older = None, limit: Limit = 50
) -> AuditPage:
    """List who did what, newest first."""
    return audit.page(session, project_id, after=after, limit=limit)


def _found(session: Reading, project_id: int) -> Project:
    project = store.project(session, project_id)
    if project is None:
        raise NotFound
    return project
