"""Rehearsal: simulated annotators answer a running server's queries over its public API.

A program of its own that happens to live here: it knows the API and the oracle, and touches the
database only to be given tokens for the people it plays.
"""

from __future__ import annotations

import io
import queue
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import numpy as np
from PIL import Image as Picture

from app import database
from app.accounts import service as accounts
from app.config import config
from app.errors import BadRequest, NotFound
from app.interchange.command import read_classes, read_source
from app.interchange.readers import opened
from app.interchange.verdicts import Refused
from app.projects import members
from app.words import Role, Way
from models.interfaces import Images
from models.simulation import Oracle, train_oracle

#: Images that the oracle learns from; more teach it little and take long.
LESSONS = 12_000
#: Images that each annotator keeps ahead, as the page does.
AHEAD = 8


class NothingToTeach(BadRequest):
    """The data for the oracle holds no labeled images of one size; see `cusp rehearse --help`."""


@dataclass(frozen=True)
class Rehearsal:
    """What to play."""

    project: int
    data: str = "digits"
    answers: int = 200
    annotators: int = 3
    seconds: float = 0.3
    threshold: float = 0.9
    #: Label in the data -> class of the project, such as `5=five`; empty where they are the same.
    names: str = ""


@dataclass
class _Progress:
    """What all simulated annotators have done so far."""

    wanted: int
    stored: int = 0
    tally: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)
    lines: queue.Queue[str | None] = field(default_factory=queue.Queue)

    def left(self) -> int:
        """How many answers are still to give."""
        return self.wanted - self.stored

    def add(self, verdicts: Sequence[dict[str, Any]], answers: Sequence[dict[str, Any]]) -> None:
        """Count what was stored, and say so now and then."""
        with self.lock:
            for verdict, answer in zip(verdicts, answers, strict=True):
                self.tally[verdict["verdict"]] += 1
                if verdict["verdict"] == "stored":
                    self.stored += 1
                    self.tally[answer["answer"]] += 1
            refused = self.tally["unrecognizable"]
            self.lines.put(f"{self.stored} answers stored, {refused} of them unrecognizable")


def rehearse(plan: Rehearsal) -> Iterator[str]:
    """Teach an oracle, then answer until enough is answered or nothing is left; yields lines."""
    tokens = _tokens(plan)
    yield f"Teaching the simulated annotators on {plan.data} …"
    oracle = _teach(plan)
    progress = _Progress(plan.answers)
    players = [
        threading.Thread(target=_play, args=(plan, oracle, token, progress), daemon=True)
        for token in tokens
    ]
    for player in players:
        player.start()
    while any(player.is_alive() for player in players) or not progress.lines.empty():
        try:
            yield progress.lines.get(timeout=0.5) or ""
        except queue.Empty:
            continue
    yield f"Done: {dict(progress.tally)}"


def _tokens(plan: Rehearsal) -> list[str]:
    """Give each simulated annotator an account, a seat in the project and a token for a day."""
    secrets = []
    with database.writing() as session:
        for number in range(1, plan.annotators + 1):
            email = f"rehearsal{number}@cusp.local"
            try:
                user = accounts.find_by_email(session, email)
            except NotFound:
                user = accounts.create_user(
                    session, email=email, name=f"Rehearsal {number}", is_admin=False
                )
            members.put(session, plan.project, user.id, role=Role.ANNOTATOR, by=None, is_admin=True)
            _, secret = accounts.create_token(
                session, user.id, name="rehearsal", days=1, by_token=False
            )
            secrets.append(secret)
    return secrets


def _teach(plan: Rehearsal) -> Oracle:
    names = read_classes(plan.names)
    images, labels = _lessons(plan.data)
    known = sorted(set(labels))
    index = {label: position for position, label in enumerate(known)}
    return train_oracle(
        images,
        np.array([index[label] for label in labels], dtype=np.int64),
        [names.get(label, label) for label in known],
        seed=0,
        progress=lambda *_: None,
        threshold=plan.threshold,
    )


def _lessons(data: str) -> tuple[Images, list[str]]:
    """Read labeled images of one size, at most so many, evenly out of the whole."""
    images, labels = [], []
    with opened(read_source(data)) as source:
        skip = max((source.count or 0) // LESSONS, 1)
        for position, each in enumerate(source):
            if each.label is None or position % skip:
                continue
            try:
                images.append(_layers(each.read()))
            except Refused:
                continue
            labels.append(each.label)
    if not images or len({image.shape for image in images}) != 1:
        raise NothingToTeach
    return np.stack(images), labels


def _layers(content: Any) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Bring whatever a reader gives to (channels, height, width)."""
    if isinstance(content, bytes):
        content = Picture.open(io.BytesIO(content))
    if isinstance(content, Picture.Image):
        content = np.asarray(content.convert("L" if content.mode in ("1", "L", "I;16") else "RGB"))
    pixels = np.asarray(content, dtype=np.uint8)
    return pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)


def _play(plan: Rehearsal, oracle: Oracle, token: str, progress: _Progress) -> None:
    """Be one annotator until nothing is left to do."""
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=config().base_url, headers=headers, timeout=60) as client:
        while progress.left() > 0:
            claims = _call(
                client, "POST", f"/api/v1/projects/{plan.project}/claims", params={"limit": AHEAD}
            )
            if claims["queries"]:
                _answer(client, claims, plan, oracle, progress)
            elif claims["state"] in (
                "finished",
                "paused",
                "budget_spent",
                "daily_cap",
                "nothing_left_for_you",
            ):
                progress.lines.put(f"The server says: {claims['state']}. {claims['notice']}")
                return
            else:
                time.sleep(min(claims["retry_after_s"] or 1, 2))


def _answer(
    client: httpx.Client,
    claims: dict[str, Any],
    plan: Rehearsal,
    oracle: Oracle,
    progress: _Progress,
) -> None:
    """Answer what was lent, one image after the other, at a person's pace."""
    names = {each["id"]: each["name"] for each in claims["classes"]}
    for query in claims["queries"]:
        if progress.left() <= 0:
            return
        began = time.monotonic()
        addresses = query["image_urls"] or [query["image_url"]]
        images = [_layers(client.get(each).raise_for_status().content) for each in addresses]
        said = _said(oracle, query, np.stack(images), names)
        time.sleep(max(plan.seconds - (time.monotonic() - began), 0))
        answer: dict[str, Any] = {
            "id": str(uuid4()),
            "query_id": query["id"],
            "way": query["way"],
            "duration_ms": round((time.monotonic() - began) * 1000),
            **said,
        }
        stored = _call(client, "POST", "/api/v1/labels", json=[answer])
        progress.add(stored["verdicts"], [answer])


def _said(
    oracle: Oracle, query: dict[str, Any], images: Images, names: dict[int, str]
) -> dict[str, Any]:
    """Answer a query in the way that it is put."""
    about = query["about"]
    if query["way"] == Way.PAIR:
        more = oracle.compare(images, name=names[about["class"]])
        return {"answer": "pair", "marks": {"more": more}}
    if query["way"] == Way.WALK:
        marked = oracle.mark(images, task=(names[about["from"]], names[about["to"]]))
        if marked is not None:
            return {"answer": "walk", "marks": dict(zip(("last", "first"), marked, strict=True))}
        return {"answer": "unrecognizable"}
    name = oracle.answer(images, task=list(names.values()))[0]
    ids = {name: class_id for class_id, name in names.items()}
    return {"answer": "unrecognizable"} if name is None else {"answer": "class", "class": ids[name]}


def _call(client: httpx.Client, method: str, path: str, **options: Any) -> Any:
    """Call the API; a restart of the server in between costs a little patience, nothing else."""
    for patience in (0.5, 1, 2, 4, 8):
        try:
            return client.request(method, path, **options).raise_for_status().json()
        except httpx.TransportError:
            time.sleep(patience)
    raise BadRequest(f"No server answers at {client.base_url}; start one with `cusp run`.")
