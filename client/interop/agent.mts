// An agent and a founder in TypeScript, over the types that openapi-typescript makes of the document.
// `tsc` checks it beforehand: a field or a status that the document does not know is an error.
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.d.ts";

const { UNSTUCK_URL: baseUrl = "", AGENT = "", FOUNDER = "", PROJECT: project_id = "" } = process.env;
const as = (token: string) =>
  createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });
const [agent, founder, stranger] = [as(AGENT), as(FOUNDER), as("not a token")];
const job = { path: { job_id: "build/1" } };

const body: components["schemas"]["ErrorReport"] = {
  id: "r1",
  project_id,
  session_id: "s1",
  error_type: "AuthenticationError",
  error_message: "stripe.error.AuthenticationError: No API key provided.",
  options: [{ value: "skip", label: "Skip it" }, { value: "wait" }],
};
const reported = await agent.POST("/api/jobs/{job_id}/errors", { params: job, body });
assert(reported.data, "the report is taken");
assert.equal(reported.data.verdict, "escalate");
assert(reported.data.escalation_id, "the verdict names the question");

const params = { path: { escalation_id: reported.data.escalation_id } };
const asked = await founder.GET("/api/escalations/{escalation_id}", { params });
assert(asked.data, "the question is there");
assert.equal(asked.data.status, "pending");
const early = await agent.GET("/api/escalations/{escalation_id}/decision", { params });
assert.equal(early.response.status, 204);

const decide = { params, body: { decision: "skip", guidance: "Not now.", digest: asked.data.digest } };
const forbidden = await agent.POST("/api/escalations/{escalation_id}/resolve", decide);
assert.equal(forbidden.error?.status, 403);
const resolved = await founder.POST("/api/escalations/{escalation_id}/resolve", decide);
assert.equal(resolved.data?.founder_decision, "skip");

const waiting = { params: { ...params, query: { wait: 30 } } };
const { data: decision } = await agent.GET("/api/escalations/{escalation_id}/decision", waiting);
assert.deepEqual(
  [decision?.status, decision?.decision, decision?.label, decision?.guidance],
  ["resolved", "skip", "Skip it", "Not now."],
);
const receipt = { params, body: { stage: "worked" as const, note: "Done." } };
const taken = await agent.POST("/api/escalations/{escalation_id}/receipt", receipt);
assert.equal(taken.data?.outcome, "worked");

// Every refusal has a type of its own.
const late = await founder.POST("/api/escalations/{escalation_id}/resolve", {
  params,
  body: { decision: "wait" },
});
assert(late.error && "escalation" in late.error, "the stored question comes along");
assert.equal(late.error.escalation?.founder_decision, "skip");
const blank = { ...body, id: "r2", session_id: "" };
const invalid = await agent.POST("/api/jobs/{job_id}/errors", { params: job, body: blank });
assert(invalid.error && "errors" in invalid.error, "each field has its message");
assert.deepEqual(invalid.error.errors.map((each) => each.field), ["session_id"]);
const unknown = await stranger.POST("/api/jobs/{job_id}/errors", { params: job, body });
assert.equal(unknown.error?.status, 401);
console.log("done");
