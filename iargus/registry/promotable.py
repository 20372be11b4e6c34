"""Which versions may become champion."""

from __future__ import annotations

from iargus.errors import ArtefactRejected, PromotionRefused
from iargus.registry.trust import Trust
from iargus.registry.version import BUNDLE_REFUSED, NOT_COMPILABLE, ModelVersion


def check_promotable(version: ModelVersion, trust: Trust, *, uncompiled: bool) -> None:
    """Refuse what no worker would serve, before the alias says that it should.

    A version that says nothing of a bundle was registered by an earlier release; hosts compile it
    themselves. `uncompiled` says whether scikit-learn may serve what cannot be compiled.

    Raises:
        PromotionRefused: with the reason that was found when the version was registered.
    """
    name = f"{version.task} version {version.version} cannot become champion"
    refused = version.tags.get(BUNDLE_REFUSED)
    if refused:
        raise PromotionRefused(f"{name}: {refused}")
    reason = version.tags.get(NOT_COMPILABLE)
    if reason and not uncompiled:
        raise PromotionRefused(
            f"{name}, for it cannot be compiled: {reason}; tasks.{version.task}.serve_uncompiled: "
            "true in config.yml lets scikit-learn serve it"
        )
    try:
        trust.check(version)
    except ArtefactRejected as error:
        raise PromotionRefused(f"{name}: {error}") from None
