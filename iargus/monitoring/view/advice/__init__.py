"""What a person should do about an outcome, once for reports, mails and terminals.

Everything here takes documents as `TaskOutcome.to_json` writes them. Those of older versions lack
what was not known then, and are advised about as far as they go. Every text is one harmless line,
whatever names the data hold; escaping markup is left to the page. Pure.
"""

from iargus.monitoring.view.advice.advice import NOTHING, Advice, advice_of

__all__ = ["NOTHING", "Advice", "advice_of"]
