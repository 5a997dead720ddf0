"""What clients fill in in the texts of commands and skills: parsed into what it means, and spelled in another client's words."""

from agentconv.parts.placeholders.languages import LANGUAGES, OF_FORMAT, PLAIN, Language
from agentconv.parts.placeholders.parsing import is_unclosed, parse
from agentconv.parts.placeholders.spelling import Lost, Spelled, spell
from agentconv.parts.placeholders.ways import named

__all__ = ["LANGUAGES", "OF_FORMAT", "PLAIN", "Language", "Lost", "Spelled", "is_unclosed", "named", "parse", "spell"]
