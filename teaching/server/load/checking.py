"""A student's notebook as a file: its cells, outputs and notes, and what of them is missing."""

import copy

ALLOWED = "raises-exception"


def sources(cell):
    """A cell's text; a file may hold it as a list of lines."""
    return "".join(cell["source"])


def code_cells(notebook):
    """The cells that are run: code cells that are not empty."""
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code" and sources(cell).strip()]


def add_note(notebook, name, words):
    """Put a student's note under the notebook."""
    notebook["cells"].append({"cell_type": "markdown", "id": f"note-{name}", "metadata": {}, "source": words})


def as_output(message):
    """The output that a kernel's message leaves in the notebook, or None."""
    kind, content = message["header"]["msg_type"], message["content"]
    if kind == "stream":
        return {"output_type": "stream", "name": content["name"], "text": content["text"]}
    if kind == "error":
        return {"output_type": "error", **{key: content[key] for key in ("ename", "evalue", "traceback")}}
    if kind in ("display_data", "execute_result"):
        output = {"output_type": kind, "data": content["data"], "metadata": content["metadata"]}
        return output | ({"execution_count": content["execution_count"]} if kind == "execute_result" else {})
    return None


def add_output(outputs, output):
    """Append an output; text of the same stream goes into one, as JupyterLab does it."""
    last = outputs[-1] if outputs else {}
    if output["output_type"] == "stream" and last.get("name") == output["name"]:
        last["text"] += output["text"]
    else:
        outputs.append(copy.deepcopy(output))


def plain(output):
    """An output so that the file's and the student's can be compared: lists of lines joined."""
    joined = {key: "".join(value) if key == "text" else value for key, value in output.items()}
    if "data" in joined:
        joined["data"] = {kind: "".join(value) if isinstance(value, list) else value
                          for kind, value in joined["data"].items()}
    return joined


def lost_work(stored, seen, notes):
    """What is wrong with a stored notebook, a sentence each; nothing if no work is lost.

    stored  the notebook as it is in the student's file
    seen    the notebook as the student last saw it
    notes   the texts that the student wrote
    """
    found, cells = [], code_cells(stored)
    texts = [sources(cell) for cell in stored["cells"] if cell["cell_type"] == "markdown"]
    found += [f"the note {note!r} is missing" for note in notes if note not in texts]
    if [sources(cell) for cell in cells] != [sources(cell) for cell in code_cells(seen)]:
        return [*found, "the code cells are not those that the student saw"]
    for number, (cell, same) in enumerate(zip(cells, code_cells(seen), strict=True), 1):
        if cell.get("execution_count") is None:
            found.append(f"code cell {number} was not run")
        if list(map(plain, cell["outputs"])) != list(map(plain, same["outputs"])):
            found.append(f"the outputs of code cell {number} are not those that the student saw")
        if ALLOWED not in cell["metadata"].get("tags", []):
            found += [f"code cell {number} shows an error: {output['ename']}: {output['evalue']}"
                      for output in cell["outputs"] if output["output_type"] == "error"]
    return found
