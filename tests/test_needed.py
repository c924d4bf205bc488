"""A test whose program is missing is left out with a line that says what to install, and fails in CI."""

from __future__ import annotations

import pytest
from needed import need

ENDS = {"": pytest.skip.Exception, "true": pytest.fail.Exception}


@pytest.mark.parametrize("ci", ENDS)
@pytest.mark.parametrize("name", ["firefox", "webkit", "java"])
def test_what_needs_a_missing_program_is_left_out_here_and_fails_in_ci(
    name: str, ci: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("FIREFOX", raising=False)
    monkeypatch.setenv("CI", ci)
    with pytest.raises(tuple(ENDS.values()), match="apt-get install") as ended:
        need(name)
    assert ended.type is ENDS[ci]
