"""Kalanso: family planning training in cascade. The roof: it puts the floors together, and nothing else.

A floor imports only from floors below it (`tests/test_house.py` holds this).
"""

from importlib.metadata import version
from pathlib import Path

from flask import Flask
from jinja2 import FileSystemLoader, PrefixLoader

from lms.assessment import check as questions_check
from lms.assessment import leaves as question_leaves
from lms.assessment import printing_views as assessment_printing
from lms.assessment import views as assessment_views
from lms.cascade import sheet_views as cascade_sheets
from lms.cascade import views as cascade_views
from lms.certificates import cli as certificates_cli
from lms.certificates import views as certificates_views
from lms.core import cli as core_cli
from lms.core import database, facts, guard, language, logs, pages, settings
from lms.core import views as core_views
from lms.curriculum import content, leaves, review_views, signatures
from lms.curriculum import printing_views as curriculum_printing
from lms.curriculum import views as curriculum_views
from lms.demo import cli as demo_cli
from lms.offline import cli as offline_cli
from lms.offline import holding
from lms.offline import views as offline_views
from lms.people import cli as people_cli
from lms.people import signing_in
from lms.people import views as people_views
from lms.reports import views as reports_views

FLOORS = ("core", "people", "curriculum", "assessment", "cascade", "followup", "certificates", "reports", "offline")
SCREENS = (
    core_views, people_views, curriculum_views, curriculum_printing, review_views, assessment_views, assessment_printing,
    cascade_views, cascade_sheets, certificates_views, reports_views, offline_views,
)  # fmt: skip
COMMANDS = (core_cli, people_cli, certificates_cli, offline_cli, demo_cli)
READ_BY_REVIEWERS = (leaves.of_module, question_leaves.of_questions)
VERSION = version("kalanso")


def create_app(**overrides):
    """The application; `overrides` win over the environment."""
    settings.keep_malian_time()
    app = Flask("lms")
    app.config.update(settings.read(), VERSION=VERSION)
    app.config.update(SPEAKS_JSON=offline_views.speaks_json)
    app.config.update(overrides)
    facts.afterwards[:] = [holding.release]
    app.jinja_loader = PrefixLoader({floor: FileSystemLoader(_templates(app, floor)) for floor in FLOORS})
    for part in (logs, database, language, guard, pages, signing_in, content, questions_check, signatures):
        part.init_app(app)
    leaves.init_app(app, READ_BY_REVIEWERS)
    for views in SCREENS:
        for blueprint in views.blueprints:
            app.register_blueprint(blueprint)
    for commands in COMMANDS:
        for command in commands.commands:
            app.cli.add_command(command)
    return app


def _templates(app, floor):
    return Path(app.root_path) / floor / "templates"
