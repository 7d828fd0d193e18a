"""The least Flask can do."""

from flask import Flask

app = Flask("hello")


@app.get("/")
def hello():
    return "hello"
