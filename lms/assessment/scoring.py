"""What a set of answers is worth. Whole numbers only: 85 % of 10 questions asks for 9."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lms.assessment.questions import Item


@dataclass(frozen=True)
class Score:
    """`right` answers of `asked`, `needed` to pass; `vital_missed` items that must be right and were not."""

    right: int
    asked: int
    needed: int
    vital_missed: int = 0

    @property
    def passed(self) -> bool:
        """Enough right answers, and every vital one among them."""
        return self.right >= self.needed and not self.vital_missed


def needed(percent: int, asked: int) -> int:
    """The fewest right answers that reach a pass mark: right × 100 ≥ percent × asked."""
    return -(-percent * asked // 100)


def score(items: Sequence[Item], answers: Mapping[str, str], percent: int) -> Score:
    """The score of `answers` (item id → option id) to the `items` presented. A blank earns nothing."""
    wrong = [item for item in items if answers.get(item.id) != item.answer]
    return Score(
        right=len(items) - len(wrong),
        asked=len(items),
        needed=needed(percent, len(items)),
        vital_missed=sum(item.vital for item in wrong),
    )


def most_frequent_wrong(item: Item, hands: Mapping[str, int]) -> str | None:
    """The wrong answer that most hands went up for (option id → hands), or None: what to explain first."""
    wrong = {option.id: hands.get(option.id, 0) for option in item.options if option.id != item.answer}
    most = max(wrong, key=lambda option: wrong[option], default=None)
    return most if most and wrong[most] else None
