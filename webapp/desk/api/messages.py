"""What founder and agent say to each other about a question."""

from webapp.actors import Actor
from webapp.desk.api.endpoint import endpoint
from webapp.desk.api.error_responses import OTHERS_QUESTION
from webapp.desk.api.response import ApiResponse, one
from webapp.desk.api.schemas.requests import NewMessage
from webapp.desk.api.schemas.responses import QuestionMessage
from webapp.desk.api.which import escalation_key
from webapp.operations import asking_back

TAG = "Decisions"


@endpoint(
    "POST",
    "/api/escalations/{escalation_id}/messages",
    operation_id="send_message",
    tag=TAG,
    summary="Ask the agent, or reply to the founder",
    body=NewMessage,
    responses={
        201: ("The message is stored, and it's the other one's turn.", QuestionMessage),
        200: ("The same message was stored already.", QuestionMessage),
    },
    errors={
        409: "It isn't your turn, there's a message after `after`, there were 5 rounds, or the "
        "question is closed."
    }
    | OTHERS_QUESTION,
)
def send_message(escalation_id: str, body: NewMessage, by: Actor) -> ApiResponse:
    """A founder's token asks the agent; an agent's token replies. Sending the same again is safe.
    The deadline rests while it's the agent's turn."""
    key = escalation_key(escalation_id)
    stored, is_new = asking_back.say(key, body.text, after=body.after, by=by)
    return one(QuestionMessage.model_validate(stored), 201 if is_new else 200)
