"""What was made once and is kept on disk: in which folder, and in files that are whole and right, or not there."""

from searchcore.kept.arrays import Arrays, locked, read_arrays, write_arrays
from searchcore.kept.folder import FOLDER_VARIABLE, default_folder

__all__ = ["FOLDER_VARIABLE", "Arrays", "default_folder", "locked", "read_arrays", "write_arrays"]
