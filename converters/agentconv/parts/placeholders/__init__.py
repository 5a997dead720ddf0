"""What clients fill in in the texts of commands and skills: parsed into what it means, and spelled in another client's words."""

from agentconv.parts.placeholders.languages import LANGUAGES, Language
from agentconv.parts.placeholders.parsing import parse
from agentconv.parts.placeholders.spelling import Lost, Spelled, spell

__all__ = ["LANGUAGES", "Language", "Lost", "Spelled", "parse", "spell"]
