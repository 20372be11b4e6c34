"""How fast IArgus serves, beside what FastAPI alone could do and beside four other servers."""
