import { BY_INDEX } from './names.js';
import { latest } from './tables-sql.js';

export const EXTEND_SQL = `
-- Durations count from the GRANT, as for grant. Never shortens. state: extended, or failed.
CREATE FUNCTION hallpass.extend(request_ids bigint[], durations_ms bigint[])
RETURNS TABLE (request_id bigint, state text, expires_at timestamptz, code text, message text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s' ${BY_INDEX} AS $fn$
DECLARE
  wish   record;
  known  hallpass.grants;
  locked oid := 0;
BEGIN
  PERFORM hallpass.check_size(request_ids);
  PERFORM hallpass.enter();
  FOR wish IN SELECT * FROM unnest(request_ids, durations_ms) AS w (id, duration_ms) LOOP
    SELECT wish.id, 'extended', NULL, NULL, NULL INTO request_id, state, expires_at, code, message;
    BEGIN
      SELECT * INTO known FROM hallpass.grants g WHERE g.request_id = wish.id;
      IF known.role_oid IS DISTINCT FROM locked AND known.role_oid IS NOT NULL THEN
        PERFORM hallpass.lock_role(known.role_oid);
        locked := known.role_oid;
        SELECT * INTO known FROM hallpass.grants g WHERE g.request_id = wish.id;
      END IF;
      IF known.request_id IS NULL OR known.ended_at IS NOT NULL OR known.expires_at <= clock_timestamp() THEN
        RAISE EXCEPTION 'request % is not granted any more', wish.id USING ERRCODE = '55000';
      END IF;
      IF NOT hallpass.is_allowed(known.member_oid) THEN
        RAISE EXCEPTION '%', hallpass.why_not_login(known.member_oid) USING ERRCODE = '42501';
      END IF;
      IF coalesce(wish.duration_ms <= 0 OR known.granted_at + wish.duration_ms * interval '1 ms'
                                           > ${latest('known.first_granted_at')}, true) THEN
        RAISE EXCEPTION 'the duration is not within the limit of this server, %',
                        hallpass.limit_in_words(known.first_granted_at, known.granted_at) USING ERRCODE = '22023';
      END IF;
      UPDATE hallpass.grants g
         SET expires_at = greatest(g.expires_at, g.granted_at + wish.duration_ms * interval '1 ms')
       WHERE g.request_id = wish.id RETURNING g.expires_at INTO expires_at;
    EXCEPTION WHEN OTHERS THEN
      state := 'failed';
      code := SQLSTATE;
      message := SQLERRM;
    END;
    RETURN NEXT;
  END LOOP;
END
$fn$;
`;
