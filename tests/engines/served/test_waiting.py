"""What is said while a server does not answer: enough to know what is waited for, no flood."""

from __future__ import annotations

from trusteval.engines.served.waiting import Wait, Watch


def test_wait_is_told_with_server_status_attempt_and_time() -> None:
    told: list[str] = []
    now = [100.0]
    watch = Watch(told.append, clock=lambda: now[0])

    def wait(spent: float, *, attempt: int = 2, server: str = "http://h/v1") -> None:
        now[0] = 100.0 + spent
        watch.waits(server, Wait(f"{server}/x", "500 Oops", attempt, spent, 660))

    wait(0.1)
    wait(3, attempt=3)
    assert told == ["waiting for http://h/v1/x: 500 Oops (attempt 3, 3 s of at most 660 s)"]
    for spent in range(4, 300):
        wait(spent)
    assert len(told) == 8  # after 3, 7, 15, 31, 63 seconds, and then once a minute
    wait(300, server="http://other/v1")
    assert len(told) == 9
    watch.hears("http://h/v1")
    wait(301)
    assert len(told) == 10
