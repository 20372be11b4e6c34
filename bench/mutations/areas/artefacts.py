"""Files of models: what is altered, foreign or too large is refused, and nothing in it is run."""

from __future__ import annotations

from bench.mutations.guard import Module

_FILES_TESTS = "tests/compiled/test_tampered_files.py"
_SKOPS = Module("iargus/registry/artefact.py", "tests/serving/test_artefact.py")
_PICKLE = Module("iargus/registry/encoder_file.py", "tests/serving/test_encoder_file.py")
_FILES = Module("iargus/compiled/files.py", _FILES_TESTS)
_MANIFEST = Module("iargus/compiled/manifest.py", _FILES_TESTS)
_ARRAYS = Module("iargus/compiled/arrays.py", _FILES_TESTS)
_CONTENTS = Module("iargus/compiled/files.py", _FILES_TESTS)
_CANARY = Module("iargus/compiled/bundle.py", _FILES_TESTS, "tests/compiled/test_tampered_cars.py")
_LOAD = Module("iargus/compiled/form.py", "tests/compiled/test_identity.py")
_TREES = Module("iargus/compiled/trees.py", "tests/compiled/test_tampered_cars.py")

_TRAINING = "tests/security/test_artefacts_training.py"
_NODES = Module("iargus/registry/tree_nodes.py", _TRAINING)
_SCHEMA = Module("iargus/registry/canonical_schema.py", "tests/serving/test_schema_size.py")

GUARDS = (
    _SKOPS.guard("an altered model is not loaded", "if found != sha256.lower():", "if False:"),
    _SKOPS.guard(
        "a model holds types of the task's list alone",
        "skops.io.loads(_checked(data, path.name), trusted=sorted(trusted_types))",
        "skops.io.loads(data, trusted=skops.io.get_untrusted_types(data=data))",
    ),
    _SKOPS.guard(
        "a file of a megabyte does not unpack to a terabyte",
        "if size > most:",
        "if False:",
    ),
    _SKOPS.guard("a model is a pipeline", "if not isinstance(estimator, Pipeline):", "if False:"),
    _PICKLE.guard(
        "an altered encoder is not read",
        "return check_digest(path, words[0])",
        "return path.read_bytes()",
    ),
    _PICKLE.guard(
        "an encoder without a digest is not read",
        "if not words or len(words[0]) != 64:",
        "if not words:",
    ),
    _PICKLE.guard(
        "a pickle names an encoder alone",
        "if (current_module(module), name) in _NAMES:",
        "if True:",
    ),
    _PICKLE.guard(
        "what an encoder's file holds is an encoder",
        "if not isinstance(found, NameEncoder):",
        "if False:",
        "tests/serving/test_encoder_file.py",
        _TRAINING,
    ),
    _NODES.guard(
        "a tree's children lie behind it",
        "(children <= at).any() or ",
        "",
    ),
    _NODES.guard("a tree looks at columns that are there", "or (columns >= count).any()", ""),
    _SCHEMA.guard(
        "a file refers to itself a bounded number of times",
        "if walked > max(_SMALL, MAX_RATIO * written):",
        "if False:",
    ),
    _FILES.guard(
        "an altered file of a bundle is refused",
        "if hashlib.sha256(data).hexdigest() != entry.sha256:",
        "if False:",
    ),
    _FILES.guard(
        "a file that the manifest lacks is refused", "    if unknown:\n", "    if False:\n"
    ),
    _FILES.guard("a truncated file is refused", "if len(data) != entry.size:", "if False:"),
    _FILES.guard(
        "a bundle beyond all memory is not read",
        "if sum(entry.size for entry in manifest.files.values()) > MAX_BYTES:",
        "if False:",
    ),
    _FILES.guard(
        "no link is followed",
        "os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK",
        "os.O_RDONLY | os.O_NONBLOCK",
    ),
    _FILES.guard("a pipe is no file", "if not stat.S_ISREG(status.st_mode):", "if False:"),
    _FILES.guard(
        "no pipe is waited for",
        "os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK",
        "os.O_RDONLY | os.O_NOFOLLOW",
        f"{_FILES_TESTS}::test_a_tampered_bundle_is_refused[pipe]",
    ),
    _FILES.guard("a manifest without end is not read", "if status.st_size > most:", "if False:"),
    _MANIFEST.guard(
        "no name leaves its folder",
        "if not _NAME.fullmatch(file) or file == MANIFEST:",
        "if file == MANIFEST:",
    ),
    _MANIFEST.guard("a manifest does not name itself", " or file == MANIFEST:", ":"),
    _MANIFEST.guard("a manifest has one spelling", "if found.to_bytes() != data:", "if False:"),
    _MANIFEST.guard(
        "a manifest has our format", 'if raw.get("format") != FORMAT or isinstance', "if isinstance"
    ),
    _ARRAYS.guard("an array holds no objects", "if kind.hasobject:", "if False:"),
    _ARRAYS.guard(
        "an array is of its type", "if fortran or kind != np.dtype(dtype):", "if fortran:"
    ),
    _ARRAYS.guard(
        "an array is as long as it says",
        "if len(data) - file.tell() != math.prod(found) * kind.itemsize:",
        "if len(data) - file.tell() < math.prod(found) * kind.itemsize:",
    ),
    _ARRAYS.guard(
        "a model holds no NaN",
        "if not np.isfinite(array).all():",
        "if False:",
        "tests/compiled/test_tampered_cars.py",
    ),
    _CONTENTS.guard(
        "a bundle has no needless file", "        if self._unread:\n", "        if False:\n"
    ),
    _CANARY.guard("a bundle has canaries", "    if not canaries:\n", "    if False:\n"),
    _CANARY.guard("a bundle answers its canaries", "if max(worst) > RELATIVE:", "if False:"),
    _LOAD.guard(
        "a good bundle of something else is refused",
        "if value is not None and getattr(manifest, name) != value:",
        "if False:",
    ),
    _TREES.guard(
        "no tree falls into parts",
        "if len(sides) != 1 or sides[0] > MAX_LEAVES:",
        "if sides[0] > MAX_LEAVES:",
    ),
    _TREES.guard(
        "a node looks at columns that there are",
        "if (self.feature < LEAF).any() or (self.feature >= features).any():",
        "if False:",
    ),
    _TREES.guard(
        "a node looks at bitsets that there are",
        "if (self.bitset >= len(self.bitsets)).any():",
        "if False:",
    ),
)
