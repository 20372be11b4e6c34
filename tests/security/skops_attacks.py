"""Files in the place of `model.skops`, each with a right digest; none may run a line."""

from __future__ import annotations

import io
import json
import pickle
import zipfile
import zlib
from collections.abc import Callable, Mapping
from functools import reduce
from pathlib import Path
from typing import Any

import cloudpickle
import joblib
import numpy as np

from tests.security.traps import (
    MODULE,
    code_of,
    listed,
    node,
    pickled,
    pipeline,
    skops_file,
    text,
    trap_of,
    trapped,
    tupled,
)

Make = Callable[[Path], bytes]


def joblibbed(files: Path, **options: Any) -> bytes:
    buffer = io.BytesIO()
    joblib.dump(trapped(files), buffer, **options)
    return buffer.getvalue()


def object_array(files: Path) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.array([trapped(files)], dtype=object), allow_pickle=True)
    return buffer.getvalue()


def object_arrays(files: Path) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, schema=np.array([trapped(files)], dtype=object), allow_pickle=True)
    return buffer.getvalue()


def function(name: str) -> dict[str, Any]:
    return node(name, "FunctionNode")


def path_of(files: Path) -> dict[str, Any]:
    return text(str(trap_of(files)))


def called(kind: str, loader: str) -> Callable[[Path], dict[str, Any]]:
    """A node that would call `kind` with the trap's path."""
    return lambda files: node(kind, loader, content=tupled(path_of(files)))


def inside(make: Callable[[Path], dict[str, Any]], **options: Any) -> Make:
    """A pipeline of good types that holds this."""
    return lambda files: skops_file(pipeline(make(files)), **options)


def transformer(held: dict[str, Any]) -> dict[str, Any]:
    """scikit-learn's own type that calls what it holds, which is on skops' list by itself."""
    return node(
        "sklearn.preprocessing._function_transformer.FunctionTransformer",
        "ObjectNode",
        content=node(
            "builtins.dict",
            "DictNode",
            content={"func": held, "validate": text(False)},
            key_types=listed(*[node("builtins.str", "TypeNode")] * 2),
        ),
    )


def partial(files: Path) -> dict[str, Any]:
    """A type of the task's own list, around a function that is on none."""
    return node(
        "functools.partial",
        "PartialNode",
        content={
            "func": function("posix.mkdir"),
            "args": tupled(path_of(files)),
            "kwds": node("builtins.dict", "DictNode", content={}, key_types=listed()),
            "namespace": text(None),
        },
    )


def methodcaller(module: str, kind: str) -> Callable[[Path], dict[str, Any]]:
    """CVE-2025-54412: a node whose name is trusted, and which calls a function of operator."""
    return lambda files: node(
        f"{module}.{kind}", "OperatorFuncNode", attrs=tupled(text("mkdir"), path_of(files))
    )


def method(claimed: str, held: str) -> Callable[[Path], dict[str, Any]]:
    """CVE-2025-54413: a method of another type than the one that is looked at."""
    return lambda _: node(
        claimed,
        "MethodNode",
        content={"func": "__reduce__", "obj": node(held, "ObjectNode", content=None)},
    )


def reduced(loader: str) -> Callable[[Path], dict[str, Any]]:
    return lambda files: node(
        "posix.mkdir",
        loader,
        __reduce__={"args": tupled(path_of(files))},
        content=node("builtins.dict", "DictNode", content={}, key_types=listed()),
    )


def random_generator(files: Path) -> dict[str, Any]:
    held = {"bit_generator": text("seed"), "state": path_of(files)}
    names = listed(*[node("builtins.str", "TypeNode")] * 2)
    content = node("builtins.dict", "DictNode", content=held, key_types=names)
    return node(
        "numpy.random._generator.Generator",
        "RandomGeneratorNode",
        content={"bit_generator": content, "seed_seq": content},
    )


def array_of(data: bytes) -> Make:
    array = node("numpy.ndarray", "NdArrayNode", type="numpy", file="0.npy")
    return lambda _: skops_file(pipeline(array), members={"0.npy": data})


def trusting(files: Path) -> bytes:
    """It brings the list of what is to be trusted, as MLflow's own loader reads it."""
    state = {**pipeline(function("posix.system")), "trusted": ["posix.system"], "__trusted__": True}
    (files / "MLmodel").write_text(
        "flavors:\n  sklearn:\n    skops_trusted_types: [posix.system]\n    code: null\n"
    )
    return skops_file(state)


def two_schemas(files: Path) -> bytes:
    """A good schema first and a bad one of the same name behind it: readers differ in which."""
    data = (files / "model.skops").read_bytes()
    bad = json.dumps({**pipeline(function("posix.system")), "protocol": 2})
    buffer = io.BytesIO(data)
    with zipfile.ZipFile(buffer, "a") as archive:
        info = zipfile.ZipInfo("schema.jsoo")
        archive.writestr(info, bad)
    return buffer.getvalue().replace(b"schema.jsoo", b"schema.json")


def climbing(files: Path) -> bytes:
    array = node("numpy.ndarray", "NdArrayNode", type="numpy", file="../../../../etc/passwd")
    members = {
        f"../{trap_of(files).name}/x": b"",
        str(trap_of(files) / "x"): b"",
        "..\\..\\x": b"",
    }
    return skops_file(pipeline(array), members=members)


def linked(files: Path) -> bytes:
    """A member that says of itself that it is a symbolic link to /etc/passwd."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo("schema.json")
        info.create_system, info.external_attr = 3, 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    return buffer.getvalue()


def bomb(megabytes: int) -> Make:
    """Zeros that are a thousandth of their size in the archive."""

    def made(_: Path) -> bytes:
        buffer = io.BytesIO()
        with (
            zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive,
            archive.open("0.npy", "w") as member,
        ):
            for _number in range(megabytes):
                member.write(bytes(2**20))
        return buffer.getvalue()

    return made


def lying_zip(_: Path) -> bytes:
    """An array that says it unpacks to a byte, and has 50 MB of zeros."""
    array = node("numpy.ndarray", "NdArrayNode", type="numpy", file="0.npy")
    data = bytearray(skops_file(pipeline(array), members={"0.npy": bytes(50 * 2**20)}))
    at = data.find(b"PK\x01\x02")
    data[at + 24 : at + 28] = (1).to_bytes(4, "little")
    return bytes(data)


def nested_zip(_: Path) -> bytes:
    data = b"{}"
    for _depth in range(20):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("schema.json", data)
        data = buffer.getvalue()
    return data


def encrypted(files: Path) -> bytes:
    data = bytearray((files / "model.skops").read_bytes())
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 1)
    return bytes(data)


def brackets(_: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("schema.json", '{"a":' + "[" * 1_000_000)
    return buffer.getvalue()


def itself(_: Path) -> dict[str, Any]:
    held = listed()
    held["__id__"] = 7
    held["content"] = [{"__id__": 7, "__class__": "list", "__module__": "builtins"}]
    return held


def doubling(_: Path) -> dict[str, Any]:
    """Thirty lists of two, each of which is the next one twice: 2**30 of them, were they copied."""
    held = text(1)
    for number in range(1, 31):
        held["__id__"] = number
        held = listed(held, {"__id__": number})
    return held


def npy(header: str, version: bytes = b"\x01\x00", length: int | None = None) -> bytes:
    written = header.encode() + b"\n"
    size = len(written) if length is None else length
    return b"\x93NUMPY" + version + size.to_bytes(2 if version[0] == 1 else 4, "little") + written


def code_in_header(files: Path) -> bytes:
    return npy(f"__import__('os').mkdir({str(trap_of(files))!r})")


def imported(files: Path) -> dict[str, Any]:
    """A type of a module that lies beside the file, and runs when it is imported."""
    (files / f"{MODULE}.py").write_text(code_of(files))
    return node(f"{MODULE}.Estimator", "ObjectNode", content=None)


HUGE = "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }"

SKOPS_ATTACKS: Mapping[str, Make] = {
    "a pickle whose __reduce__ makes a folder": pickled,
    "a pickle of protocol 0, which is plain text": lambda files: pickled(files, 0),
    "a cloudpickle of a function that makes a folder": lambda files: cloudpickle.dumps(
        lambda path=str(trap_of(files)): __import__("os").mkdir(path)
    ),
    "a cloudpickle that runs as it is read": lambda files: cloudpickle.dumps(trapped(files)),
    "a joblib dump": joblibbed,
    "a joblib dump that is compressed": lambda files: joblibbed(files, compress=3),
    "a pickle in zlib, as dill and older joblib write it": lambda files: zlib.compress(
        pickled(files)
    ),
    "a pickle behind the magic of a zip": lambda files: b"PK\x03\x04" + pickled(files),
    "a pickle before a skops file, which zip readers skip": lambda files: (
        pickled(files) + skops_file(pipeline(function("posix.system")))
    ),
    "an array of objects instead of a model": object_array,
    "an .npz of objects instead of a model": object_arrays,
    "a step that is os.system": inside(lambda _: function("posix.system")),
    "a step that is builtins.eval": inside(lambda _: function("builtins.eval")),
    "a step that is subprocess.Popen, to be constructed": inside(
        called("subprocess.Popen", "ConstructorFromReduceNode")
    ),
    "a step that is os.mkdir as a type, to be constructed": inside(
        called("posix.mkdir", "ConstructorFromReduceNode")
    ),
    "a list whose class is os.mkdir": inside(
        lambda files: node("posix.mkdir", "ListNode", content=[path_of(files)])
    ),
    "a dictionary whose class is subprocess.Popen": inside(
        lambda _: node("subprocess.Popen", "DictNode", content={}, key_types=listed())
    ),
    "a dictionary whose keys are made by os.mkdir": inside(
        lambda files: node(
            "builtins.dict",
            "DictNode",
            content={str(trap_of(files)): text(1)},
            key_types=listed(node("posix.mkdir", "TypeNode")),
        )
    ),
    "operator.methodcaller (CVE-2025-54412)": inside(methodcaller("operator", "methodcaller")),
    "operator.methodcaller under a trusted name (CVE-2025-54412)": inside(
        methodcaller("sklearn.linear_model._stochastic_gradient", "SGDRegressor")
    ),
    "a method of a type that is not the one it names (CVE-2025-54413)": inside(
        method("sklearn.linear_model._base.LinearRegression", "posix.DirEntry")
    ),
    "a method of a good type, which skops must not hand out": inside(
        method(*["sklearn.linear_model._base.LinearRegression"] * 2)
    ),
    "a loss whose constructor is os.mkdir": inside(reduced("LossNode")),
    "a tree whose constructor is os.mkdir": inside(reduced("TreeNode")),
    "a random generator whose kind is numpy.random.seed": inside(random_generator),
    "functools.partial, which the task trusts, of os.mkdir, which it does not": inside(partial),
    "functools.partial made as a list": inside(
        lambda files: node("functools.partial", "ListNode", content=[function("posix.mkdir")])
    ),
    "FunctionTransformer around os.system": inside(lambda _: transformer(function("posix.system"))),
    "FunctionTransformer around pandas.read_pickle": inside(
        lambda _: transformer(function("pandas.read_pickle"))
    ),
    "FunctionTransformer around numpy.load": inside(lambda _: transformer(function("numpy.load"))),
    "a bad type twenty lists deep": inside(
        lambda _: reduce(lambda held, _: listed(held), range(20), function("posix.system"))
    ),
    "a default factory that is os.mkdir": inside(
        lambda _: node(
            "collections.defaultdict",
            "DefaultDictNode",
            content={
                "main": node("builtins.dict", "DictNode", content={}, key_types=listed()),
                "default_factory": node("posix.mkdir", "TypeNode"),
            },
        )
    ),
    "a file that brings its own list of types to trust (CVE-2024-37065)": trusting,
    "protocol 0, with its older nodes": inside(
        lambda _: node(
            "x.y",
            "FunctionNode",
            content={"module_path": "posix", "function": "system"},
        ),
        protocol=0,
    ),
    "a protocol that is true": inside(lambda _: function("posix.system"), protocol=True),
    "a protocol of the future": inside(lambda _: function("posix.system"), protocol=99),
    "a loader that is no node": inside(lambda _: node("posix.system", "__reduce__")),
    "a module of the attacker beside the file": inside(imported),
    "a pickle in an array of a good skops file": lambda files: array_of(object_array(files))(files),
    "an array whose header is Python that makes a folder": lambda files: array_of(
        code_in_header(files)
    )(files),
    "an array whose header says that it has 8 TB": array_of(npy(HUGE)),
    "an array whose header says that it has 4 GB": array_of(
        npy("{}", b"\x02\x00", length=2**32 - 1)
    ),
    "two members of the name schema.json": two_schemas,
    "members with names that climb, and absolute ones": climbing,
    "a zip member that is a symbolic link to /etc/passwd": linked,
    "a zip bomb of 300 megabytes in 300 kilobytes": bomb(300),
    "a zip that says it unpacks to a byte, and has 50 MB": lying_zip,
    "a zip in a zip, twenty deep": nested_zip,
    "a zip with a password": encrypted,
    "a schema of a million brackets": brackets,
    "a list that holds itself": inside(itself),
    "thirty lists that double": inside(doubling),
    "a JSON text that is a pickle in latin-1": inside(
        lambda files: node(
            "builtins.str", "JsonNode", content=pickle.dumps(trapped(files)).decode("latin-1")
        )
    ),
}
