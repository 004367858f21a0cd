"""A report as one HTML page that needs nothing else: no network, no file beside it.

The page is Stryker's `mutation-testing-elements`, bundled as `assets/mutation-testing-elements` with its
licence, fed with the report of `testgen.scoring.stryker`. A content policy in the page keeps it from
fetching anything.
"""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from importlib import resources

from testgen.mutation import MutationReport
from testgen.scoring.stryker import to_stryker

_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<style>body {{ margin: 0; }}</style>
</head>
<body>
<mutation-test-report-app title-postfix="{title}">
The report needs JavaScript.
</mutation-test-report-app>
<script type="application/json" id="report">{report}</script>
<!-- mutation-testing-elements, https://github.com/stryker-mutator/mutation-testing-elements, Apache-2.0 -->
<script>{elements}</script>
<script>
const app = document.querySelector("mutation-test-report-app");
const paint = () => {{ document.body.style.backgroundColor = app.themeBackgroundColor; }};
app.addEventListener("theme-changed", paint);
app.report = JSON.parse(document.getElementById("report").textContent);
app.updateComplete.then(paint);
</script>
</body>
</html>
"""


def to_html(reports: Sequence[MutationReport]) -> str:
    """The page for reports on files of one run."""
    title = ", ".join(report.file for report in reports)
    return _PAGE.format(
        policy=_POLICY,
        title=html.escape(f"testgen: {title}"),
        report=_inside_script(json.dumps(to_stryker(reports), ensure_ascii=False)),
        elements=_elements(),
    )


def _inside_script(text: str) -> str:
    """JSON that no `</script>` or `<!--` in a source file can end; `<` occurs only within its strings."""
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _elements() -> str:
    asset = resources.files("testgen.scoring") / "assets" / "mutation-testing-elements"
    return (asset / "mutation-test-elements.js").read_text(encoding="utf-8")
