"""Forms speak with our own sentences: the browser's bubbles, in its own language, stay out."""

import re
from pathlib import Path

LMS = Path(__file__).resolve().parents[1] / "lms"
FORM = re.compile(r"(<form\b(?:\{\{.*?\}\}|[^>])*>)(.*?)</form>", re.DOTALL)
ASKS = re.compile(
    r"\.(?:field|choose|choose_place|drop_down|member)\(|<(?:select|textarea)\b|<input\b(?![^>]*type=\"hidden\")"
)


def test_a_form_that_asks_anything_leaves_the_checking_to_us():
    bubbles = [
        f"{path.relative_to(LMS)}: {opening}"
        for path in sorted(LMS.glob("*/templates/**/*.html"))
        for opening, body in FORM.findall(path.read_text())
        if 'method="post"' in opening and ASKS.search(body) and "novalidate" not in opening
    ]
    assert not bubbles, "without novalidate:\n" + "\n".join(bubbles)
