"""The registry: who can write to it chooses neither what is served nor what is written here."""

from __future__ import annotations

from bench.mutations.guard import Module

_POISON, _SIGNATURE_TESTS = "tests/serving/test_poison.py", "tests/compiled/test_signature.py"
_REMOTE_TESTS = "tests/serving/test_remote_folder.py"
_TRUST = Module("iargus/registry/trust.py", "tests/serving/test_trust.py")
_SIGNATURE = Module("iargus/compiled/signature.py", _SIGNATURE_TESTS)
_DOWNLOAD = Module("iargus/registry/download.py", _REMOTE_TESTS)
_LOOKUP = Module(
    "iargus/registry/lookup.py",
    f"{_POISON}::test_a_registry_that_answers_with_another_name_is_not_believed",
)
_OPENING = Module("iargus/serving/compilation/opening.py", "tests/serving/test_opening.py")
_ANSWERS = Module("iargus/serving/predictor.py", "tests/serving/test_champion.py")
_ACCESS = Module("iargus/operations/doctor/registry.py", "tests/cli/test_registry_access.py")

GUARDS = (
    _TRUST.guard(
        "an unsigned version is refused where there are keys",
        "if not self._keys or (not version.signature and self._allow_unsigned):",
        "if not self._keys or not version.signature:",
    ),
    _TRUST.guard(
        "a wrong signature is refused also where none is needed",
        "if not self._keys or (not version.signature and self._allow_unsigned):",
        "if not self._keys or self._allow_unsigned:",
    ),
    _TRUST.guard(
        "a signature by another key is refused",
        "key = next((key for key in self._keys if key.kid == kid), None)",
        "key = next((key for key in self._keys), None)",
    ),
    _TRUST.guard(
        "a wrong signature is refused",
        "if not verify(_statement(version)",
        "if False and (_statement(version)",
    ),
    _TRUST.guard("a signature is of one number", "version=version.version,", 'version="",'),
    _TRUST.guard(
        "a signature covers the model", "created_from=version.sha256,", 'created_from="",'
    ),
    _TRUST.guard("a signature covers the bundle", "bundle=version.bundle_sha256,", 'bundle="",'),
    _SIGNATURE.guard("a short key signs no model", "if len(key) < MIN_KEY_BYTES:", "if False:"),
    _SIGNATURE.guard(
        "a model's signature is good for nothing else",
        '_PURPOSE = b"iargus model version 1\\n"',
        '_PURPOSE = b""',
    ),
    _SIGNATURE.guard(
        "a signature is compared",
        "return hmac.compare_digest(sign(statement, key).encode(), given)",
        "return given.startswith(_SCHEME.encode())",
    ),
    _DOWNLOAD.guard("a folder is no file", "if found.is_dir:", "if False:"),
    _DOWNLOAD.guard(
        "what is listed as too large is not asked for",
        "if found.file_size is not None and found.file_size > most:",
        "if False:",
    ),
    _DOWNLOAD.guard(
        "what arrives is a plain file",
        "if path.is_symlink() or not path.is_file():",
        "if not path.exists():",
    ),
    _DOWNLOAD.guard(
        "what arrives too large is refused", "if path.stat().st_size > most:", "if False:"
    ),
    _DOWNLOAD.guard(
        "what arrives is the model that was registered",
        "    artefact.check_digest(path, version.sha256)\n",
        "",
    ),
    _DOWNLOAD.guard(
        "a version of somebody else is refused",
        "if not version.sha256 or not version.run_id:",
        "if False:",
    ),
    _DOWNLOAD.guard(
        "a bundle's manifest is the one that was registered",
        "data = artefact.check_digest(folder / MANIFEST, version.bundle_sha256)",
        "data = (folder / MANIFEST).read_bytes()",
    ),
    _DOWNLOAD.guard(
        "a bundle that says that it is too large is not fetched",
        "if size > MAX_BYTES:",
        "if False:",
    ),
    _LOOKUP.guard(
        "a registry that answers with another name is not believed",
        "if not _is_number(number) or (str(found.name), str(found.version)) != (task, number):",
        "if False:",
    ),
    _OPENING.guard(
        "a bundle is the one that was signed", "    if found != digest:\n", "    if False:\n"
    ),
    _OPENING.guard(
        "a bundle stays the same while it is read", "if bundle.manifest != manifest:", "if False:"
    ),
    _ANSWERS.guard(
        "what cannot answer its task's example does not serve",
        "    except Exception as error:\n        raise ArtefactRejected(",
        "    except ZeroDivisionError as error:\n        raise ArtefactRejected(",
    ),
    _ACCESS.guard(
        "a registry that anybody may read is a warning",
        "    yield warning(\n        ACCESS,",
        "    yield ok(\n        ACCESS,",
    ),
    _ACCESS.guard(
        "a registry that asks for credentials is ok", "_DENIED = (401, 403)", "_DENIED = ()"
    ),
)
