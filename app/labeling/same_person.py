"""That what a page sends is sent by the person it was made for. Knows nothing of what it is."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header

from app.accounts import auth
from app.accounts.auth import Actor
from app.labeling.errors import SomebodyElse

#: Whose page sends this, as the page knows them.
PageOf = Annotated[int | None, Header(alias="Cusp-User")]


async def _same_person(
    actor: Annotated[Actor, Depends(auth.signed_in)], page_of: PageOf = None
) -> None:
    """Refuse what a page sends for one person after another has signed in in the same browser.

    Answers wait in the browser, also beyond the end of a session; they belong to who gave them.
    """
    if page_of is not None and page_of != actor.user_id:
        raise SomebodyElse


async def _same_member(
    actor: Annotated[Actor, Depends(auth.annotator)], page_of: PageOf = None
) -> None:
    """The same, where the path names a project."""
    await _same_person(actor, page_of)


SAME_PERSON = [Depends(_same_person)]
SAME_MEMBER = [Depends(_same_member)]
