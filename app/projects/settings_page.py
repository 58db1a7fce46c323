"""What the settings page shows: every section's values, and the REST calls beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import JsonValue
from sqlalchemy.orm import Session

from app.accounts.auth import Actor
from app.config import config
from app.projects import audit, members, overviews, settings_guide, store, versions
from app.projects.home_page import STATE_TONES, step_link
from app.projects.rest_calls import RestCall, curl, upload
from app.projects.schemas import BudgetOut, ClassOut, ProjectOut, SettingsOut
from app.tables import Project
from app.words import Role

#: Fields of the loop, in the groups that the form shows.
GROUPS = {
    "Rounds": ("mode", "batch_size", "cold_start"),
    "Mix": ("mix", "refusal_limit", "steer_mix", "random_round_every"),
    "Ways": ("way", "walk_share", "pair_share"),
    "People": ("overlap", "claim_minutes", "show_origin", "easy_every"),
    "Trust": ("most_overlap", "consensus", "gold_rate", "repeat_rate"),
    "Machine": (
        "features",
        "learner",
        "propagate",
        "stretch",
        "generator",
        "synthesis",
        "pool",
        "cold_start_strategy",
        "stream",
    ),
    "Foundation": ("image_size", "seed"),
}


def context(session: Session, actor: Actor, found: Project, *, history: int) -> dict[str, Any]:
    """Gather everything that the page shows."""
    project = overviews.project(session, found, role=Role.LEAD)
    settings = versions.current(session, found)
    return {
        "project": project,
        "project_name": project.name,
        "tone": STATE_TONES[project.state],
        "step_link": step_link(project.id, project.next_step.place),
        "api": f"/api/v1/projects/{project.id}",
        "active_classes": [each for each in project.class_list if not each.archived],
        "archived_classes": [each for each in project.class_list if each.archived],
        "settings": settings,
        "groups": _groups(settings),
        "presets": [each.model_dump(mode="json") for each in settings.presets],
        "members": members.page(session, project.id, after=0, limit=200),
        "addresses": store.addresses_outside(session, project.id) if actor.is_admin else [],
        "versions": versions.page(session, project.id, after=None, limit=history),
        "audit": audit.page(session, project.id, after=None, limit=history),
        "calls": _calls(project, settings),
    }


def _groups(settings: SettingsOut) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """Put each field's guide beside its value."""
    guides = {guide.name: guide for guide in settings.fields}
    values = settings.settings.model_dump(mode="json")
    return [
        (
            title,
            [
                {
                    "guide": guides[name],
                    "value": values[name],
                    "fixed": settings.fixed.get(name, ""),
                    "consequence": settings.consequences.get(name, ""),
                }
                for name in names
            ],
        )
        for title, names in GROUPS.items()
    ]


def _calls(project: ProjectOut, settings: SettingsOut) -> dict[str, list[RestCall]]:
    """Write the calls of each section with the values that it shows."""
    address = f"{config().base_url}/api/v1/projects/{project.id}"
    about: dict[str, JsonValue] = {
        "name": project.name,
        "question": project.question,
        "guidelines": project.guidelines,
    }
    saved: dict[str, JsonValue] = {
        "version": settings.version,
        "settings": settings.settings.model_dump(mode="json"),
    }
    return {
        "state": [curl("Start, pause or finish", "POST", f"{address}/start")],
        "about": [curl("Change what people read", "PATCH", address, body=about)],
        "images": _image_calls(f"{address}/imports"),
        "classes": _class_calls(f"{address}/classes", project.class_list),
        "budget": [curl("Set the budget", "PUT", f"{address}/budget", body=_caps(project.budget))],
        "people": [
            curl(
                "Add a person",
                "POST",
                f"{address}/members",
                body={"email": "ada@example.org", "role": "annotator"},
            )
        ],
        "loop": [curl("Save the settings", "PUT", f"{address}/settings", body=saved)],
        "export": [
            curl("As a table", "GET", f"{address}/labels.csv"),
            curl("As JSON Lines", "GET", f"{address}/labels.jsonl"),
        ],
        "history": [
            curl("Versions of the settings", "GET", f"{address}/settings/versions"),
            curl("Who did what", "GET", f"{address}/audit"),
        ],
    }


def _class_calls(address: str, classes: list[ClassOut]) -> list[RestCall]:
    """Write the call that adds a class and, where there is one, the call that changes it."""
    calls = [curl("Add a class", "POST", address, body={"name": "new", "key": "n"})]
    for each in classes[:1]:
        body: JsonValue = {"name": each.name, "key": each.key, "archived": each.archived}
        calls.append(curl("Change a class", "PATCH", f"{address}/{each.id}", body=body))
    return calls


def _image_calls(address: str) -> list[RestCall]:
    """Write the calls that bring images in: from a file, and from where the server gets them."""
    choices: JsonValue = {"create_classes": True, "holdout": {"share": 0.2}}
    dataset: dict[str, JsonValue] = {"kind": "torchvision", "name": "MNIST", "download": True}
    return [
        upload("Import a file", address, "images.zip", choices=choices),
        curl("Import a dataset by name", "POST", address, body={"source": dataset}),
        curl("See how far imports are", "GET", address),
    ]


def _caps(budget: BudgetOut) -> dict[str, JsonValue]:
    return {
        "max_answers": budget.max_answers,
        "price_per_answer": str(budget.price_per_answer),
        "max_cost": None if budget.max_cost is None else str(budget.max_cost),
        "max_daily": budget.max_daily,
    }


def new_context() -> dict[str, Any]:
    """Gather what the form for a new project shows."""
    body: dict[str, JsonValue] = {
        "name": "",
        "question": "",
        "guidelines": "",
        "classes": [],
        "preset": "default",
    }
    return {
        "presets": settings_guide.presets(),
        "call": curl("Create a project", "POST", f"{config().base_url}/api/v1/projects", body=body),
    }
