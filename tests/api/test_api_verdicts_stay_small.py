"""Verdicts don't grow with what agents tell: neither by long approaches nor by many of them."""

from flask.testing import FlaskClient


def test_a_verdict_stays_small_however_much_was_tried(
    client: FlaskClient, agent: dict[str, str]
) -> None:
    sizes = []
    for number in range(60):
        job = f"build-{number % 3}"  # none is asked so often that it is paused early
        body = {
            "project_id": "shop",
            "session_id": "s",
            "error_type": "BuildFailed",
            "error_message": "BuildFailed: the module does not compile",
            "approach": f"the way number {number}: " + "try it in another order, " * 200,
            "include_other_jobs": True,
        }
        answer = client.post(f"/api/jobs/{job}/errors", json=body, headers=agent)
        assert answer.status_code == 200, answer.text
        assert answer.json["approaches_tried"]
        sizes.append(len(answer.data))
    assert max(sizes) < 40_000, "60 approaches of 5 kB are 300 kB"
