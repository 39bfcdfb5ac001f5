-- What a report of an error writes: the problem, the attempt, the event with the job's next number.
-- (pgbench takes a colon in a text for a variable, so signatures have none here.)
\set job random(:first, :last)
\set problem random(1, 1000000000)
begin;
insert into problems (project_id, error_signature, error_type, family, category, seen, first_seen_at, last_seen_at) values ('shop', 'shop/ImportError/v1-' || :problem::text, 'ImportError', 'code', 'code_error', 1, now(), now()) on conflict (project_id, error_signature) do update set seen = problems.seen + 1, last_seen_at = now() returning id as key \gset
insert into attempts (problem_id, job, session_id, intent, approach, verdict, at) values (:key, :job, 'session-1', 'start the payment module', 'way number 1: import it in another manner', 'retry', now());
with counted as (update jobs set last_seq = last_seq + 1, last_event_at = now() where id = :job returning id, last_seq) insert into job_events (job, seq, kind, at, payload) select id, last_seq, 'agent.retrying', now(), '{"error_signature": "shop/ImportError/v1-1", "error_type": "ImportError", "category": "code_error", "family": "code", "attempt": 1, "max_attempts": 3, "retry_after_s": null}' from counted;
commit;
