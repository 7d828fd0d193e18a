"""The door for a web server: `granian --interface wsgi wsgi:app`."""

import gc

from lms import create_app

app = create_app()

gc.collect()
gc.freeze()  # code and curriculum are never garbage: looking through them again and again cost a batch a third of its time
gc.set_threshold(50_000, 20, 20)
