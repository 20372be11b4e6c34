"""The counters of rate limits: exactly as much as may be, also when something is away."""

from __future__ import annotations

from bench.mutations.guard import Module

_WINDOWS, _TABLE_TESTS = "tests/ratelimit/test_windows.py", "tests/ratelimit/test_table.py"
_REDIS_TESTS, _MEMORY_TESTS = "tests/ratelimit/test_redis.py", "tests/ratelimit/test_memory.py"
_HOST = Module("iargus/ratelimit/host.py", _WINDOWS)
_TABLE = Module("iargus/ratelimit/table.py", _TABLE_TESTS, _WINDOWS)
_MEMORY = Module("iargus/ratelimit/memory.py", _MEMORY_TESTS, _TABLE_TESTS)
_EVERYWHERE = Module("iargus/ratelimit/distributed.py", _REDIS_TESTS)
_REDIS = Module("iargus/ratelimit/redis_counters.py", _REDIS_TESTS)

GUARDS = (
    _HOST.guard(
        "a window admits its quota", "allowed = state & COUNT < first.table.quota", "allowed = True"
    ),
    _HOST.guard(
        "the window of the second key admits its quota too",
        "(allowed := other & COUNT < second.table.quota)",
        "(allowed := True)",
    ),
    _HOST.guard(
        "a request counts under both keys or under none",
        "            if allowed:\n",
        "            if True:\n",
    ),
    _HOST.guard(
        "the keys that a process remembers are bounded",
        "if len(known) >= MAX_KNOWN_KEYS:",
        "if False:",
        "tests/ratelimit/test_host.py",
    ),
    _TABLE.guard(
        "a newcomer to a full bucket goes on from another's count",
        "        return least\n",
        "        return end_s << _COUNT_BITS\n",
    ),
    _TABLE.guard(
        "a clock that is set back admits nothing twice",
        "0 <= ahead_s <= self._window_s",
        "0 == ahead_s",
    ),
    _TABLE.guard(
        "a clock that was far ahead locks nobody out",
        "0 <= ahead_s <= self._window_s",
        "0 <= ahead_s",
    ),
    _MEMORY.guard(
        "keys of a bucket cannot be told from outside",
        "secrets.token_bytes(_SECRET.stop - _SECRET.start)",
        "bytes(_SECRET.stop - _SECRET.start)",
    ),
    _MEMORY.guard(
        "the counters are their owner's",
        "os.O_RDWR | os.O_CREAT, 0o600",
        "os.O_RDWR | os.O_CREAT, 0o644",
    ),
    _MEMORY.guard(
        "a file that was left half begun is not believed",
        "if self._map[:_WORD] != layout:",
        "if False:",
    ),
    _MEMORY.guard(
        "on a full disk the limits hold for each worker",
        "        except OSError as error:\n            if self.file",
        "        except ZeroDivisionError as error:\n            if self.file",
    ),
    _EVERYWHERE.guard(
        "Redis refuses what is used up over all hosts",
        "number > first.table.quota:",
        "number > 2**40:",
    ),
    _EVERYWHERE.guard(
        "Redis refuses what is used up under the second key",
        "number > second.table.quota:",
        "number > 2**40:",
    ),
    _EVERYWHERE.guard(
        "what Redis refused, the host refuses", "self._host.exhaust(first, end_of(state))", "pass"
    ),
    _EVERYWHERE.guard(
        "without Redis the host decides",
        "        if not allowed:\n            raise",
        "        if False:\n            raise",
    ),
    _REDIS.guard(
        "no request fails because of Redis",
        "except Exception as error:  # no request may fail because of Redis",
        "except ZeroDivisionError as error:",
    ),
    _REDIS.guard(
        "a Redis that hangs costs one time-out",
        "        if self._breaker.open:\n",
        "        if False:\n",
    ),
    _REDIS.guard(
        "a Redis that hangs is not waited for",
        "async with asyncio.timeout(self._timeout_s):\n                return await future",
        "async with asyncio.timeout(None):\n                return await future",
    ),
)
