-- What an answer writes: the question's row, the event with the job's next number.
\set job random(:first, :last)
select id as key from bench_pending where n = (select nextval('bench_next')) \gset
begin;
update agent_escalations set status = 'resolved', founder_decision = 'skip_feature', founder_guidance = 'We open without it.', resolved_at = now(), resolved_by = 'founder' where id = :key and status = 'pending';
with counted as (update jobs set last_seq = last_seq + 1, last_event_at = now() where id = :job returning id, last_seq) insert into job_events (job, seq, kind, at, payload) select id, last_seq, 'agent.escalation_resolved', now(), '{"escalation_id": "00000000-0000-0000-0000-000000000000", "resolution": "skip_feature", "guidance": "We open without it."}' from counted;
commit;
