"""Configuration of Sphinx for the documentation site; ``make docs`` builds it."""

import re
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
sys.path.insert(0, str(ROOT))

from exo_nbregistry import __version__  # noqa: E402
from scripts.documentation.generated import generate, stage_notebooks  # noqa: E402

project = "exo_nbregistry"
author = "exo_nbregistry developers"
project_copyright = author
version = release = __version__
language = "en"

extensions = [
    "sphinx.ext.autodoc",
    "numpydoc",
    "myst_nb",
    "sphinx_copybutton",
    "sphinx_design",
]
exclude_patterns = ["_build", "img/README.md"]
default_role = "py:obj"
nitpicky = True
# Single backticks in docstrings also mark parameters and names that are not public.
nitpick_ignore_regex = [("py:obj", r".*"), ("py:class", r".*"), ("py:exc", r".*")]
suppress_warnings = ["config.cache"]

autodoc_typehints = "none"
autodoc_member_order = "bysource"
toc_object_entries_show_parents = "hide"
numpydoc_show_class_members = False
numpydoc_xref_param_type = False

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 4
# The outputs in the notebooks are those that the tests compare.
nb_execution_mode = "off"
nb_merge_streams = True

html_theme = "pydata_sphinx_theme"
html_title = "exo_nbregistry"
html_show_sourcelink = False
html_copy_source = False
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_theme_options = {
    "show_toc_level": 2,
    "navigation_with_keys": False,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "navbar_align": "left",
    "header_links_before_dropdown": 6,
}
html_sidebars = {"index": [], "changelog": [], "start": []}
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

# Pages link to files as they are in the repository; some of these are pages elsewhere on the site.
_MOVED = {
    r"\]\((?:\.\./)+notebooks/(\w+\.ipynb)": r"](/tutorials/\1",
    r"\]\((?:\.\./)+CONTRIBUTING\.md": "](/contributing.md",
    r"\]\((?:\.\./)+CHANGELOG\.md": "](/changelog.md",
    r"\]\((?:\.\./)+benchmarks/README\.md": "](/explanation/benchmarks.md",
}


def _prepare(app, docname, source):  # noqa: ARG001
    """Insert the generated parts of a page, and follow files to their pages."""
    text = generate(source[0])
    for pattern, page in _MOVED.items():
        text = re.sub(pattern, page, text)
    source[0] = text


def _skip(app, kind, name, value, skip, options):  # noqa: ARG001
    """Omit the methods that scikit-learn generates for the routing of metadata."""
    return True if re.fullmatch(r"(set_\w+_request|get_metadata_routing)", name) else None


def setup(app):
    """Register the steps that run before Sphinx reads a page."""
    stage_notebooks(ROOT / "notebooks", DOCS / "tutorials")
    app.connect("source-read", _prepare)
    app.connect("autodoc-skip-member", _skip)
