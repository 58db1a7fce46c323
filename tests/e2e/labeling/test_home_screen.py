"""A real browser finds nothing that keeps it from putting Cusp on a home screen."""

from __future__ import annotations

import json

import pytest

from tests.e2e.labeling.scene import Scene

pytestmark = pytest.mark.services


def test_the_browser_can_install_it(scene: Scene) -> None:
    scene.queries(1)
    page = scene.enter()
    browser = page.context.new_cdp_session(page)
    found = browser.send("Page.getAppManifest")
    assert found["errors"] == []
    assert found["url"].endswith("/manifest.webmanifest")
    assert json.loads(found["data"])["name"] == "Cusp"
    problems = browser.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # A private window, as the tests open them, installs nothing whatever the manifest says.
    assert [each["errorId"] for each in problems if each["errorId"] != "in-incognito"] == []
