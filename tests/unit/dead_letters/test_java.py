"""What Java knows of codes, names and limits is what Python says."""

from tidegate.dead_letters.java import FOLDER, classes


def test_the_java_classes_are_those_made_from_python() -> None:
    kept = {name: (FOLDER / name).read_text() for name in classes()}
    assert kept == classes(), "python -m tidegate.dead_letters.java writes them again"
