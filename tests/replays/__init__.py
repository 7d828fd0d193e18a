"""What phones have sent, as it was sent: promises that a server keeps for as long as such a phone may come home.

`1/` holds one urlencoded body of each kind of fact, of the first release, in the order in which they were told:
`<order>-<kind>[-<what>].<author>.body`. `envelopes/` holds the shape of each release's envelope, `month.json` a month of
one CHW: 6 sessions of 25 women, 42 attempts, 2 quizzes by show of hands. Names in braces stand for what each database
names in its own way. Nothing here is ever written anew: a new release adds files.
"""

import json
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

HERE = Path(__file__).parent
ENVELOPES = {int(file.stem): json.loads(file.read_text()) for file in sorted((HERE / "envelopes").glob("*.json"))}


@dataclass(frozen=True)
class Body:
    """One body as a phone kept it; `told` gives what it says where `names` hold."""

    version: str
    path: str
    author: str
    text: str

    def told(self, names):
        """The body with every `{name}` in the words of one database: {name: uid, day or hash}."""
        return named(self.text, names)


def named(text, names):
    """A body with its names resolved. A name that nobody knows is a KeyError."""
    return re.sub(r"\{([a-z0-9.]+)\}", lambda found: str(names[found[1]]), text)


def bodies():
    """Every golden body, by release and in the order told."""
    return [_body(file) for file in sorted(HERE.glob("[0-9]*/*.body"))]


def _body(file):
    name, author, _body = file.name.split(".")
    return Body(file.parent.name, f"/{name.split('-')[1]}/", author, file.read_text().strip())


def in_shape(envelope, release):
    """An envelope with no more in it than a phone of that release sent."""
    shape = ENVELOPES[release]
    fact = shape["facts"][0]
    kept = [{name: one[name] for name in fact} for one in envelope["facts"]]
    return {name: envelope[name] for name in shape} | {"facts": kept}


def month(group, women, content, today=None):
    """The month of a CHW, ending today: [(path, body, moment)] with the uids of one group and 25 of its women."""
    today = today or date.today()
    names = {"group": group, "content": content, **{f"woman.{place}": uid for place, uid in enumerate(women)}}
    told = []
    for fact in json.loads((HERE / "month.json").read_text())["facts"]:
        day = today + timedelta(days=fact["day"])
        moment = datetime.combine(day, time.fromisoformat(fact["at"]))
        told.append((fact["path"], named(fact["body"], names | {"day": day}), moment))
    return told
