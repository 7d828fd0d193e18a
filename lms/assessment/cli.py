"""`lms content …`: what can be told of the content, even when it is too faulty to be served."""

import json
from pathlib import Path

import click

from lms.assessment import review_cli
from lms.assessment.check import examine as examine_questions
from lms.core.settings import content_root
from lms.curriculum import review
from lms.curriculum.check import examine
from lms.curriculum.faults import Faults
from lms.curriculum.pictures import STATIC
from lms.curriculum.signatures import NOTHING, Signed, union


@click.group()
def content():
    """Modules and questions: are they whole, how far are they reviewed."""


@content.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--root", type=click.Path(path_type=Path), default=content_root, help="Folder of modules/ and assessments/."
)
@click.option("--static", type=click.Path(path_type=Path), default=STATIC, hidden=True)
def check(as_json, root, static):
    """Name every fault of modules and questions by file, line and cure. Exit 1 when there is one."""
    told = report(Path(root).resolve(), Path(static), review_cli.signed_here())
    click.echo(json.dumps(told, ensure_ascii=False) if as_json else _in_words(told))
    raise SystemExit(1 if told["problems"] else 0)


def report(root: Path, static: Path = STATIC, here: Signed = NOTHING):
    """What `check` tells, with what was signed `here` beside what `review.toml` says.

    `{"modules": n, "problems": […], "languages": {code: {state: n}}, "audio": {code: {state: n}}}`.
    """
    catalogue, problems = examine(root, static)
    questions, more = examine_questions(catalogue, root, static)
    faults = Faults(root)
    texts, sounds = [], []
    for module in catalogue:
        signed = union(module, here, faults)
        units = (*module.units, *questions[module.slug].units)
        texts.append(review.counts(review.states(units, signed)))
        sounds.append(review.counts(review.audio_states(module, signed)))
    return {
        "modules": len(catalogue),
        "problems": [problem.as_dict() for problem in sorted({*problems, *more, *faults.listed()})],
        "languages": review.added(texts),
        "audio": review.added(sounds),
    }


def _in_words(told):
    lines = [f"{p['file']}:{p['line']}: {p['what']} → {p['cure']}" for p in told["problems"]]
    for what, name in (("languages", "textes"), ("audio", "enregistrements")):
        for code, counts in told[what].items():
            lines.append(f"{name} {code} : " + ", ".join(f"{state} {n}" for state, n in counts.items()))
    return "\n".join([*lines, f"{told['modules']} module(s), {len(told['problems'])} faute(s)."])


content.add_command(review_cli.export)
content.add_command(review_cli.travel)
commands = (content,)
