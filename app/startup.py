"""What happens before the first request: schema, the admin's link, the demo project.

Knows the accounts and the demo; knows nothing of processes.
"""

from __future__ import annotations

import os

from app import database, engine
from app.accounts import service as accounts
from app.config import config
from app.interchange import demo
from app.projects import store as project_store

ADMIN_EMAIL = "admin@cusp.local"


def prepare() -> None:
    """Bring the databases up to this release, and make the demo on the very first start."""
    database.migrate()
    engine.prepare()
    with database.reading() as session:
        first_start = not project_store.list_projects(session, member=None, after=0, limit=1)
    if first_start and os.environ.get("CUSP_DEMO", "1") != "0":
        make_demo()


def admin_link() -> str:
    """Return a link that signs the admin in once; the first start makes the admin."""
    with database.writing() as session:
        admin = accounts.first_admin(session)
        if admin is None:
            admin = accounts.create_user(session, email=ADMIN_EMAIL, name="Admin", is_admin=True)
        return accounts.sign_in_url(accounts.create_sign_in_link(session, admin.id))


def make_demo() -> str:
    """Make the demo project; doing it twice changes nothing."""
    with database.writing() as session:
        project_id = demo.create_demo(session)
    return f"The demo is project {project_id}: {config().base_url}/projects/{project_id}"


def add_person(email: str, name: str, *, is_admin: bool) -> str:
    """Add a person and return a link that signs them in once."""
    with database.writing() as session:
        user = accounts.create_user(session, email=email, name=name, is_admin=is_admin)
        return accounts.sign_in_url(accounts.create_sign_in_link(session, user.id))


def link_for(email: str) -> str:
    """Return a link that signs somebody in once."""
    with database.writing() as session:
        user = accounts.find_by_email(session, email)
        return accounts.sign_in_url(accounts.create_sign_in_link(session, user.id))


def greeting(link: str) -> str:
    """Say where to go."""
    return (
        f"\n  Cusp is ready at {config().base_url}\n\n"
        f"  Sign in as admin, once:  {link}\n\n"
        "  Ctrl-C ends everything; the next start goes on where this one stopped.\n"
    )
