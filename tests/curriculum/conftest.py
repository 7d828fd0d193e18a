"""A content folder, and a server that teaches it."""

import pytest

from lms import create_app
from tests.curriculum.folder import Folder


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path / "content")


@pytest.fixture
def serve(folder, tmp_path):
    """The application over the folder as it is now."""

    def serving(**settings):
        here = {
            "CONTENT_ROOT": folder.root,
            "LMS_DATA": tmp_path / "data",
            "SECRET_KEY": "test",
            "TESTING": True,
        }
        return create_app(SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path / 'reading.sqlite'}", **here, **settings)

    return serving


@pytest.fixture
def reader(serve):
    """Somebody who reads, signed in as nobody."""
    return serve().test_client()
