"""The intent of a sentence: the kind `text_intent`; see `task.py`."""
