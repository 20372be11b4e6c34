"""What a release without bundles has placed here serves on, also when the registry is gone."""

from __future__ import annotations

from dataclasses import replace

from iargus.serving.placement import Placement
from iargus.serving.sync.preparing import prepare_file
from iargus.tasks.base import Task


def adopt(task: Task, placement: Placement) -> bool:
    """Give the champion that is placed a bundle, when it lacks one that it must have.

    Returns whether it was given one.

    Raises:
        ArtefactRejected: its file is not what it should be, or cannot be compiled.
        OSError: the disk is full or not writable.
    """
    current = placement.current(task.name)
    if current is None:
        return False
    placed = placement.manifest(task.name, current.champion)
    if placed.bundle or task.policy.serve_uncompiled:
        return False
    with placement.staging(task.name) as place:
        path = placement.model_file(task.name, current.champion)
        prepared = prepare_file(task, path, placed.sha256, place)
        placement.place_as(replace(placed, bundle=prepared.bundle), prepared.path)
    return True
