"""The processors that one can be, by environment variables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bench.processors.last_digits import SEED

AVX512 = "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR X86_V4"
AVX2 = f"{AVX512} AVX2 FMA3 X86_V3"
# The names of glibc, which chooses the kernels of exp, log and pow in Python's `math`.
GLIBC = "glibc.cpu.hwcaps=-AVX512F,-AVX2,-FMA,-FMA4"

NUMPY = "NPY_DISABLE_CPU_FEATURES"
SETTINGS: Mapping[str, Mapping[str, str]] = {
    "as it is": {},
    "OpenBLAS for Haswell": {"OPENBLAS_CORETYPE": "Haswell"},
    "OpenBLAS for Zen": {"OPENBLAS_CORETYPE": "Zen"},
    "OpenBLAS for SkylakeX": {"OPENBLAS_CORETYPE": "SkylakeX"},
    "OpenBLAS for Prescott": {"OPENBLAS_CORETYPE": "Prescott"},
    "numpy without AVX-512": {NUMPY: AVX512},
    "numpy without AVX2": {NUMPY: AVX2},
    "glibc without AVX2": {"GLIBC_TUNABLES": GLIBC},
    "nothing newer than SSE4": {
        "OPENBLAS_CORETYPE": "Prescott",
        NUMPY: AVX2,
        "GLIBC_TUNABLES": GLIBC,
    },
    "other last digits, 1": {SEED: "1"},
    "other last digits, 2": {SEED: "2"},
    "other last digits, 3": {SEED: "3"},
}


def available(only: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    """The settings whose name has ``only`` in it and that change something on this machine.

    One that the processor cannot run is refused by numpy or OpenBLAS.
    """
    features = _disableable()
    for name, setting in SETTINGS.items():
        if only not in name:
            continue
        found = dict(setting)
        if NUMPY in found:
            # numpy warns of features that it would not use anyway.
            found[NUMPY] = " ".join(each for each in found[NUMPY].split() if each in features)
            if not found[NUMPY] and len(found) == 1:
                continue
        yield name, found


def _disableable() -> set[str]:
    from numpy._core._multiarray_umath import (  # type: ignore[import-not-found]
        __cpu_dispatch__,
        __cpu_features__,
    )

    return {name for name in __cpu_dispatch__ if __cpu_features__.get(name)}
