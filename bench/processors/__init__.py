"""Do tests hold, and are fitted models the same, on other processors?

`python -m bench.processors tests/tasks/estimators …` runs the given tests, and
`python -m bench.processors --models` fits both shipped kinds of model and compares what they
predict; each once as the processor is, then under each of the settings of `settings.py`.

Numerical libraries choose their kernels by the processor, and these round in another order, so
that a fitted number differs in its last digits: a test that compares one with a constant needs
room. Three further settings change the last digits at random, for the processors that nobody can
have at hand (arm64 fuses multiplication and addition, which no setting of an x86-64 does).
"""
