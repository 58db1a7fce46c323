"""The command line. Imports happen inside commands, so that serving never loads torch."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

cli = typer.Typer(
    help="Cusp asks people about the images on the cusp of a decision.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
users = typer.Typer(help="People who may sign in.", no_args_is_help=True)
cli.add_typer(users, name="user")
benches = typer.Typer(no_args_is_help=True, help="Measure speed, and what questions are worth.")
cli.add_typer(benches, name="bench")

Parent = Annotated[int, typer.Option(hidden=True, help="End when this process does.")]


def main() -> None:
    """Run a command; what a person can put right ends in one plain sentence."""
    try:
        cli()
    except Exception as error:
        from app.last_words import last_words

        sentence = last_words(error)
        if sentence is None:
            raise
        print(sentence, file=sys.stderr)
        sys.exit(1)


@cli.command()
def run() -> None:
    """Start everything on this machine: migrate, demo project, web and worker, until Ctrl-C."""
    from app import startup, supervisor
    from app.config import config
    from app.logs import log_to_stderr
    from app.processes import only_one

    log_to_stderr()
    with only_one(config().data):
        startup.prepare()
        link = startup.admin_link()
        supervisor.run(ready=lambda: print(startup.greeting(link), flush=True))


@cli.command()
def serve(*, parent: Parent = 0) -> None:
    """Serve the pages and the API."""
    from app import processes, serving
    from app.logs import log_to_stderr

    if parent:
        processes.die_with(parent)
        processes.keep_to_one_processor()
    log_to_stderr()
    serving.serve()


@cli.command()
def worker(*, parent: Parent = 0) -> None:
    """Run machine work: imports, training, fitting and posing."""
    from app import processes, worker
    from app.logs import log_to_stderr

    if parent:
        processes.die_with(parent)
    log_to_stderr()
    worker.main()


@cli.command(hidden=True)
def stage(
    stage_id: int,
    worker: Annotated[str, typer.Option(help="The worker that began it.")],
    parent: Annotated[int, typer.Option(help="The worker's process.")],
) -> None:
    """Run one long stage for a worker."""
    from app import child
    from app.logs import log_to_stderr

    log_to_stderr()
    child.run(stage_id, worker_id=worker, parent=parent)


@cli.command()
def migrate(
    revision: Annotated[str, typer.Argument(help="A revision; `head` is the newest.")] = "head",
) -> None:
    """Bring the database to this release's schema."""
    from app import database, engine

    database.migrate(revision)
    if revision == "head":
        engine.prepare()
    print("The database is at revision " + revision + ".")


@cli.command()
def demo() -> None:
    """Make the demo project out of scikit-learn's handwritten digits."""
    from app import startup

    print(startup.make_demo())


@users.command("create")
def user_create(
    email: str,
    name: str,
    *,
    admin: Annotated[bool, typer.Option("--admin", help="May do everything.")] = False,
) -> None:
    """Add a person and print a link that signs them in once."""
    from app import startup

    print(startup.add_person(email, name, is_admin=admin))


@users.command("link")
def user_link(email: str) -> None:
    """Print a link that signs a person in once, such as one who forgot their password."""
    from app import startup

    print(startup.link_for(email))


@cli.command("import")
def import_images(
    project: Annotated[int, typer.Argument(help="The project's number.")],
    source: Annotated[
        str,
        typer.Argument(help="A folder, a .zip, .npz, .npy or IDX file, or torchvision:NAME."),
    ],
    *,
    holdout: Annotated[
        str,
        typer.Option(help="Labeled images that only measure accuracy: a share, a count, `test`."),
    ] = "0",
    classes: Annotated[
        str,
        typer.Option(help="Labels to bring in, such as 5=five,7=seven; all when left out."),
    ] = "",
    create_classes: Annotated[
        bool, typer.Option("--create-classes", help="Make classes that the project lacks.")
    ] = False,
    root: Annotated[Path, typer.Option(help="Where torchvision keeps its data sets.")] = Path(
        "var/torchvision"
    ),
    download: Annotated[
        bool, typer.Option("--download", help="Let torchvision download what is not there.")
    ] = False,
) -> None:
    """Bring images into a project."""
    from app.interchange.command import import_from

    for line in import_from(
        project,
        source,
        holdout=holdout,
        classes=classes,
        create_classes=create_classes,
        root=root,
        download=download,
    ):
        print(line, flush=True)


@cli.command("export")
def export_labels(
    project: Annotated[int, typer.Argument(help="The project's number.")],
    to: Annotated[Path, typer.Argument(help="A .csv or .jsonl file.")],
) -> None:
    """Write a project's labels to a file."""
    from app.interchange.command import export_to

    print(export_to(project, to))


@cli.command()
def rehearse(
    project: Annotated[int, typer.Argument(help="The project's number.")],
    data: Annotated[
        str, typer.Argument(help="Labeled images to teach the simulated annotators: as in import.")
    ] = "digits",
    *,
    answers: Annotated[int, typer.Option(help="Stop after so many answers.")] = 200,
    annotators: Annotated[int, typer.Option(help="Simulated annotators.")] = 3,
    seconds: Annotated[float, typer.Option(help="Time each takes per answer.")] = 0.3,
    threshold: Annotated[
        float, typer.Option(help="Less probable images count as unrecognizable.")
    ] = 0.9,
    names: Annotated[
        str, typer.Option(help="Label to class, such as 5=five,7=seven, where they differ.")
    ] = "",
) -> None:
    """Let simulated annotators answer a running server's queries over its public API."""
    from app.rehearse import Rehearsal, rehearse

    plan = Rehearsal(
        project=project,
        data=data,
        answers=answers,
        annotators=annotators,
        seconds=seconds,
        threshold=threshold,
        names=names,
    )
    for line in rehearse(plan):
        print(line, flush=True)


@cli.command()
def replay(query: Annotated[int, typer.Argument(help="The query's number.")]) -> None:
    """Make a synthesized query's image again from its row, and say whether it is the same."""
    from app.rounds.replaying import replay

    print(replay(query))


@benches.command()
def speed(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="first-image, labeling, painting, waiting, deaths, training, steps, fitting, "
            "posing, scoring; or all."
        ),
    ] = None,
    *,
    data: Annotated[
        str, typer.Option(help="A file labeled 5 and 7 among others, such as mnist.npz.")
    ] = "",
    renew: Annotated[
        bool, typer.Option("--renew", help="Put what is named into its place on the page.")
    ] = False,
    annotators: Annotated[
        list[int] | None, typer.Option(help="So many people label; may be given several times.")
    ] = None,
    seconds: Annotated[float, typer.Option(help="Of labeling at each number of people.")] = 15,
    minutes: Annotated[float, typer.Option(help="Of a long run that looks at memory.")] = 0,
    images: Annotated[int, typer.Option(help="In the pool that is labeled.", min=1000)] = 100_000,
    side: Annotated[int, typer.Option(help="Pixels a side of these images.", min=2)] = 8,
    database_url: Annotated[
        str, typer.Option(help="Label on this Postgres server, in a database made for it.")
    ] = "",
) -> None:
    """Measure this machine; a whole run writes docs/benchmarks.md, `--renew` a part of it.

    A quick look at labeling alone: `cusp bench speed labeling --annotators 32 --seconds 6`.
    """
    from app.benchmarks.plan import LoadPlan, Plan
    from app.benchmarks.runner import run

    people = tuple(annotators or ()) or LoadPlan().annotators
    load = LoadPlan(people, seconds, minutes, images, side, database_url)
    run(Plan(tuple(names or ()), data, renew, load), say=lambda line: print(line, flush=True))


@benches.command()
def science(
    names: Annotated[
        list[str] | None, typer.Argument(help="Experiments by name; all if left out.")
    ] = None,
    *,
    data: Annotated[
        Path, typer.Option(help="The folder that holds mnist.npz, usps.npz and the like.")
    ],
    seeds: Annotated[int, typer.Option(help="Runs of each scheme.", min=1)] = 10,
    preset: Annotated[
        str, typer.Option(help="Run only schemes made of this preset; all if left out.")
    ] = "",
    pages_only: Annotated[
        bool, typer.Option("--pages-only", help="Write the pages anew from the rows there are.")
    ] = False,
) -> None:
    """Compare query strategies with simulated annotators and write docs/science/."""
    from app.benchmarks import science

    say = lambda line: print(line, flush=True)  # noqa: E731
    science.run(
        tuple(names or ()), data=data, seeds=0 if pages_only else seeds, say=say, preset=preset
    )


@benches.command()
def trust(
    *,
    seeds: Annotated[int, typer.Option(help="Runs of each setting.", min=10)] = 300,
) -> None:
    """Simulate people who click at random among good ones and write docs/science/trust.md."""
    from app.benchmarks import trust as measured

    measured.run(seeds=seeds, say=lambda line: print(line, flush=True))


@cli.command()
def doctor() -> None:
    """Check what this installation rests on, and say what to do about what is wrong."""
    from app.doctor import examine

    findings = examine()
    for finding in findings:
        print(finding)
    if any(not finding.good for finding in findings):
        sys.exit(1)


if __name__ == "__main__":
    main()
