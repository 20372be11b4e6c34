"""The monthly run: score the champion on new rows, judge, retrain, promote, tell people.

Pure: `performance` (is the model good enough, is a challenger better), `drift` (has the input
changed), `quality` (what is wrong with rows), `advice` (what a person should do). `month` is what
a month's rows show, `run` the job with its steps and records; `mail`, `report` and `explaining`
tell people. `files` compares two files without any of the rest.
"""
