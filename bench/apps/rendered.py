"""Our application without kept copies: every reading page is rendered for every request, and sent as it is.

It does not compress: compressing at the quality of the kept copies each time would make the comparison too easy.
"""

from lms import create_app
from lms.curriculum.kept import Shelf

app = create_app()
if isinstance(app.wsgi_app, Shelf):
    app.wsgi_app = app.wsgi_app.inner  # type: ignore[method-assign]
app.view_functions = {
    name: getattr(view, "__wrapped__", view) if name.startswith("curriculum.") else view
    for name, view in app.view_functions.items()
}
