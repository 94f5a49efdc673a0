"""What a workflow asks of Temporal, read from its source: the commands of each function, in the order they stand."""

import ast
from pathlib import Path

ASKS = {
    "execute_activity_method",
    "execute_activity",
    "execute_local_activity",
    "execute_local_activity_method",
    "wait_condition",
    "sleep",
    "start_child_workflow",
    "execute_child_workflow",
    "get_external_workflow_handle",
    "signal",
    "continue_as_new",
    "patched",
    "deprecate_patch",
    "upsert_search_attributes",
}
CALLS_ON = {"catch_up", "wait", "_advance", "_tend_interventions", "_begin", "_tell"}
"""Our own functions through which commands are reached: their order counts as well."""


def commands(source: str) -> list[str]:
    """One line for each function that asks anything: its name, then what it asks, in order."""
    lines = []
    for scope in ast.walk(ast.parse(source)):
        if isinstance(scope, ast.ClassDef):
            for function in scope.body:
                if isinstance(function, ast.AsyncFunctionDef | ast.FunctionDef) and (
                    asked := _asked(function)
                ):
                    lines.append(f"{scope.name}.{function.name}: {' > '.join(asked)}")
    return lines


def fingerprint(folder: Path) -> str:
    """The commands of every workflow module in the folder, as it is committed."""
    modules = ("course.py", "supervision.py", "intervention.py", "digest.py")
    return (
        "\n".join(f"{name} {line}" for name in modules for line in commands((folder / name).read_text()))
        + "\n"
    )


def _asked(function: ast.AsyncFunctionDef | ast.FunctionDef) -> list[str]:
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    named = [(call.lineno, call.col_offset, _name(call)) for call in calls]
    return [name for _, _, name in sorted(named) if name.split("(")[0] in ASKS | CALLS_ON]


def _name(call: ast.Call) -> str:
    """``execute_activity_method(Records.advance)``: with the activity or workflow it names, if it names one."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in ASKS and call.args and isinstance(call.args[0], ast.Attribute | ast.Constant):
        return f"{name}({ast.unparse(call.args[0])})"
    return name
