"""The monthly run: score the champion on new rows, judge, retrain, promote, tell people.

`verdict`, `comparison`, `period`, `window` and `holdout` are pure; `records`, `outbox` and
`lock` hold the SQL; `job` is the story.
"""
