"""How work is done: in jobs, once for all who wait, and at each model in a fair line."""

from searchcore.running.drive import Drive, finish, results, retold
from searchcore.running.jobs import Job, Pause, Work
from searchcore.running.line import Caller, Limits, Line, Lines
from searchcore.running.once import Once

__all__ = [
    "Caller",
    "Drive",
    "Job",
    "Limits",
    "Line",
    "Lines",
    "Once",
    "Pause",
    "Work",
    "finish",
    "results",
    "retold",
]
