"""mini-swe-agent with its own DeterministicModel and its local environment."""

import shlex
import sys

from minisweagent.environments.local import LocalEnvironment
from minisweagent.models.test_models import DeterministicModel, make_output
from shop import next_plan

from unstuck import Unstuck
from unstuck.adapters.mini_swe_agent import UnstuckAgent

SCRIPT = "import sys; from shop import deploy; print(deploy(sys.argv[1]))"


class Model(DeterministicModel):
    calls = 0

    def query(self, messages, **_):
        self.calls += 1
        plan = next_plan(messages[-1]["content"] if self.calls > 1 else "", self.calls)
        command = "echo COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT; echo done"
        if plan is not None:
            command = shlex.join([sys.executable, "-c", SCRIPT, plan])
        return make_output("", [{"command": command}], cost=0.0)


agent = UnstuckAgent(
    Model(outputs=[]),
    LocalEnvironment(cwd=sys.path[0]),
    unstuck=Unstuck.from_env(),
    system_template="You build shops.",
    instance_template="{{task}}",
)
print(agent.run("Deploy the shop.")["submission"].strip())
