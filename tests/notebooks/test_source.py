"""Cells that only test the numbers of a lesson, and terms that are explained."""

import nbformat
import pytest

from tests.notebooks import rules
from tests.notebooks.test_build import source
from tools import build
from tools import source as source_module

VERIFIED = """\
# Numbers

A {term}`big numbers <big number>`.

```{code-cell}
x = 41
```

```{verify}
print("not shown")
assert x == 41, "the number is another one"
x += 1
```

```{code-cell}
x
```

### Summary

1. x is a {term}`big number`.

## More · Details (3 minutes)

Optional.
"""


def test_a_verify_cell_runs_in_the_lesson_and_is_in_no_notebook(tmp_path, monkeypatch):
    monkeypatch.setattr(source_module, "glossary", lambda: {"big number": 'More than "forty".'})
    text = source(tmp_path, VERIFIED)
    for path in build.build(text, tmp_path):
        notebook = nbformat.read(path, 4)
        assert "not shown" not in path.read_text() and "assert" not in path.read_text()
        x, shown = [cell for cell in notebook.cells if cell.cell_type == "code"]
        assert (x.execution_count, shown.execution_count) == (1, 2) == (1, shown.outputs[0].execution_count)
        assert shown.outputs[0].data["text/plain"] == "42"
        assert not rules.unrun_cells(notebook)
    with pytest.raises(build.CellExecutionError, match="the number is another one"):
        build.build(source(tmp_path, VERIFIED.replace("x = 41", "x = 40")), tmp_path)


def test_terms_are_explained_where_the_core_ends(tmp_path, monkeypatch):
    monkeypatch.setattr(source_module, "glossary", lambda: {"big number": 'More than "forty".'})
    cells = [cell.source for cell in build.read_source(source(tmp_path, VERIFIED)).cells]
    link = '(#Terms-of-this-lesson "More than \'forty\'.")'
    assert f"A **[big numbers]{link}**." in cells[0] and f"a **[big number]{link}**." in cells[3]
    assert cells[4:] == ['### Terms of this lesson\n\n- **big number**: More than "forty".',
                         "## More · Details (3 minutes)\n\nOptional."]
