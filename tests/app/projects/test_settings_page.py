"""What the settings page gathers."""

from __future__ import annotations

from app.projects.settings import ProjectSettings
from app.projects.settings_page import GROUPS


def test_every_setting_has_its_place_in_the_form_since_saving_sends_them_all() -> None:
    shown = [name for names in GROUPS.values() for name in names]
    assert sorted(shown) == sorted(ProjectSettings.model_fields)
