"""How the tests are shared out when several run side by side (``make test JOBS=2``)."""

import pytest

# Its tests need nothing from each other, and there are very many of them.
SHARED_OUT = "test_submissions.py"


def pytest_collection_modifyitems(items):
    # A file's tests stay together: many share a server or a graded class, which is made once.
    for item in items:
        if item.path.name != SHARED_OUT:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
