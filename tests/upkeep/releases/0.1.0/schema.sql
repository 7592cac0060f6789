CREATE SCHEMA ledger;
CREATE SCHEMA read;
CREATE FUNCTION ledger.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'ledger.% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TABLE ledger.entry (
    ledger text NOT NULL,
    "position" bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    source text NOT NULL,
    event_id text NOT NULL,
    type text NOT NULL,
    stream text NOT NULL,
    version integer NOT NULL,
    open bytea NOT NULL,
    digest bytea NOT NULL,
    breaches text[]
);
COMMENT ON COLUMN ledger.entry.open IS 'the received bytes, or the event without its personal fields, made once at acceptance';
COMMENT ON COLUMN ledger.entry.digest IS 'HMAC-SHA256 of the received bytes under the ledger secret';
COMMENT ON COLUMN ledger.entry.breaches IS 'what was unlawful about the fact, as judged at acceptance';
CREATE TABLE ledger.ledger (
    ledger text NOT NULL,
    kind text NOT NULL,
    sample boolean NOT NULL,
    "position" bigint DEFAULT 0 NOT NULL,
    last_recorded_at timestamp with time zone,
    parked bigint DEFAULT 0 NOT NULL,
    quarantined bigint DEFAULT 0 NOT NULL,
    restoring boolean DEFAULT false NOT NULL,
    CONSTRAINT ledger_kind_check CHECK ((kind = ANY (ARRAY['live'::text, 'replay'::text])))
);
COMMENT ON TABLE ledger.ledger IS 'one row per division: the counters of dense numbers, locked by every append';
COMMENT ON COLUMN ledger.ledger.restoring IS 'entries are being restored from the topic: nothing may be taken in until that is done';
CREATE TABLE ledger.parked (
    ledger text NOT NULL,
    source text NOT NULL,
    event_id text NOT NULL,
    number bigint NOT NULL,
    waits_for text NOT NULL,
    type text NOT NULL,
    parked_at timestamp with time zone NOT NULL,
    digest bytea NOT NULL,
    sealed bytea NOT NULL,
    origin text NOT NULL,
    "position" bigint NOT NULL,
    claims_fen bigint,
    claims_on date NOT NULL,
    taken_at bigint
);
COMMENT ON COLUMN ledger.parked.waits_for IS 'stream:<name> or event:<source>/<id>';
COMMENT ON COLUMN ledger.parked."position" IS 'position of the ledger when it was put aside';
COMMENT ON COLUMN ledger.parked.claims_on IS 'business date it claims: settled_on, else the day of its time, else that of receipt';
COMMENT ON COLUMN ledger.parked.taken_at IS 'position at which it was accepted at last';
CREATE TABLE ledger.person_key (
    ledger text NOT NULL,
    person text NOT NULL,
    key bytea NOT NULL
);
COMMENT ON TABLE ledger.person_key IS 'one AES key per person; deleting the row forgets the person and changes no hash';
CREATE TABLE ledger.quarantine (
    ledger text NOT NULL,
    number bigint NOT NULL,
    received_at timestamp with time zone NOT NULL,
    reason text NOT NULL,
    pointer text NOT NULL,
    expected text NOT NULL,
    source text,
    event_id text,
    type text,
    "position" bigint NOT NULL,
    claims_fen bigint,
    claims_on date NOT NULL,
    digest bytea NOT NULL,
    size bigint NOT NULL,
    sealed bytea NOT NULL,
    origin text NOT NULL,
    released_by text,
    released_at bigint
);
COMMENT ON COLUMN ledger.quarantine."position" IS 'position of the ledger when it was put aside';
COMMENT ON COLUMN ledger.quarantine.claims_on IS 'business date it claims, as in ledger.parked';
COMMENT ON COLUMN ledger.quarantine.digest IS 'HMAC-SHA256 of the received bytes: the same bytes are quarantined once';
COMMENT ON COLUMN ledger.quarantine.released_by IS '<source>/<id> of the event that repaired it';
COMMENT ON COLUMN ledger.quarantine.released_at IS 'position of the ledger at its release';
CREATE TABLE ledger.relayed (
    ledger text NOT NULL,
    what text NOT NULL,
    number bigint NOT NULL,
    CONSTRAINT relayed_what_check CHECK ((what = ANY (ARRAY['accepted'::text, 'parked'::text, 'quarantined'::text])))
);
COMMENT ON TABLE ledger.relayed IS 'how far receipts and quarantine notices are published; entries say so in their topic';
CREATE TABLE ledger.sealed_part (
    ledger text NOT NULL,
    "position" bigint NOT NULL,
    ordinal smallint NOT NULL,
    person text NOT NULL,
    sealed bytea NOT NULL
);
COMMENT ON COLUMN ledger.sealed_part.sealed IS 'nonce (12 bytes) and AES-256-GCM of the person''s fields; associated data = SHA-256 of the open part';
CREATE TABLE ledger.source_offset (
    topic text NOT NULL,
    partition integer NOT NULL,
    next_offset bigint NOT NULL,
    epoch bigint NOT NULL,
    accepted bigint DEFAULT 0 NOT NULL,
    duplicate bigint DEFAULT 0 NOT NULL,
    parked bigint DEFAULT 0 NOT NULL,
    quarantined bigint DEFAULT 0 NOT NULL,
    skipped bigint DEFAULT 0 NOT NULL
);
COMMENT ON TABLE ledger.source_offset IS 'where intake goes on, moved in the same transaction as the entries; epoch fences zombies';
COMMENT ON COLUMN ledger.source_offset.parked IS 'records of this partition that wait now; one taken later moves to accepted';
COMMENT ON COLUMN ledger.source_offset.skipped IS 'offsets without an event: transaction marks, and what people chose to go past; next_offset is the sum of the five';
CREATE TABLE ledger.stream_state (
    ledger text NOT NULL,
    stream text NOT NULL,
    version integer NOT NULL,
    state bytea NOT NULL
)
WITH (fillfactor='85');
COMMENT ON TABLE ledger.stream_state IS 'state of long streams at a version; what came after is folded from the entries';
CREATE TABLE read.adoption (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    application text NOT NULL,
    child_kind text NOT NULL,
    applied_on date NOT NULL,
    registered_on date,
    ended_on date,
    ended_how text
)
WITH (fillfactor='85');
COMMENT ON TABLE read.adoption IS 'applications for adoption and outcomes';
CREATE TABLE read.adviser_lawyer (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    engagement text NOT NULL,
    firm_code text NOT NULL,
    lawyer text NOT NULL,
    from_on date NOT NULL,
    until_on date
)
WITH (fillfactor='85');
COMMENT ON TABLE read.adviser_lawyer IS 'lawyers engaged';
CREATE TABLE read.arrears_batch (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    batch text NOT NULL,
    programme text NOT NULL,
    lines bigint NOT NULL,
    amount_fen bigint NOT NULL,
    approved_on date NOT NULL
)
WITH (fillfactor='85');
COMMENT ON TABLE read.arrears_batch IS 'approved arrears lists of a raise';
CREATE TABLE read.ashes_placement (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    body text NOT NULL,
    placed_on date NOT NULL,
    receipt_form text NOT NULL,
    receipt_number bigint NOT NULL
)
WITH (fillfactor='85');
COMMENT ON TABLE read.ashes_placement IS 'ashes placed, without names';
CREATE TABLE read.case_entitlement (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    case_number text NOT NULL,
    programme text NOT NULL,
    mode text,
    area text,
    township text NOT NULL,
    village text NOT NULL,
    first_month text NOT NULL,
    last_month text,
    monthly_amount_fen bigint,
    standard_fen bigint,
    persons bigint NOT NULL,
    members bigint NOT NULL,
    person_ref text NOT NULL,
    decision_number text NOT NULL,
    decided_on date NOT NULL
)
WITH (fillfactor='85');
COMMENT ON TABLE read.case_entitlement IS 'entitlement of each case by months';
CREATE TABLE read.ceremony_couple (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    ceremony text NOT NULL,
    held_on date NOT NULL,
    certificate_number text NOT NULL,
    co_organisers bigint NOT NULL
)
WITH (fillfactor='85');
COMMENT ON TABLE read.ceremony_couple IS 'couples of certificate ceremonies, by certificate number';
CREATE TABLE read.charity_donation (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    drive text NOT NULL,
    donation text NOT NULL,
    form text NOT NULL,
    value_fen bigint NOT NULL,
    valuation text,
    recipient text NOT NULL,
    donated_on date NOT NULL
)
WITH (fillfactor='85');
COMMENT ON TABLE read.charity_donation IS 'donations at stated value';
CREATE TABLE read.charity_drive (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    drive text NOT NULL,
    programme text NOT NULL,
    title text NOT NULL,
    opens_on date NOT NULL,
    closes_on date NOT NULL
)
WITH (fillfactor='85');
COMMENT ON TABLE read.charity_drive IS 'charity drives';
CREATE TABLE read.charity_participant (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    drive text NOT NULL,
    participant text NOT NULL,
    kind text NOT NULL,
    joined_on date NOT NULL
)
WITH (fillfactor='85');
COMMENT ON TABLE read.charity_participant IS 'who took part in a drive';
CREATE TABLE read.charity_summary (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    drive text NOT NULL,
    enterprises_stated text NOT NULL,
    participations_stated text NOT NULL,
    goods_stated text NOT NULL,
    reported_on date NOT NULL
)
WITH (fillfactor='85');
COMMENT ON TABLE read.charity_summary IS 'rounded words as stated';
CREATE TABLE read.charity_turnout (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    drive text NOT NULL,
    place text NOT NULL,
    township text,
    participations bigint NOT NULL,
    counted_on date NOT NULL
)
WITH (fillfactor='85');
COMMENT ON TABLE read.charity_turnout IS 'turnout of drives';
CREATE TABLE read.checkpoint (
    ledger text NOT NULL,
    read_model text NOT NULL,
    "position" bigint NOT NULL
);
CREATE TABLE read.department (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    department text NOT NULL,
    title text NOT NULL,
    from_on date NOT NULL,
    until_on date
)
WITH (fillfactor='85');
COMMENT ON TABLE read.department IS 'departments of the bureau';
CREATE TABLE read.disclosure_item (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    item text NOT NULL,
    column_code text NOT NULL,
    topic text NOT NULL,
    title text NOT NULL,
    published_on date NOT NULL,
    withdrawn_on date
)
WITH (fillfactor='85');
COMMENT ON TABLE read.disclosure_item IS 'items on the website by column; first publication';
CREATE TABLE read.divorce_application (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    receipt text NOT NULL,
    applied_on date NOT NULL
)
WITH (fillfactor='85');
COMMENT ON TABLE read.divorce_application IS 'applications for divorce';
CREATE TABLE read.draw (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    draw_number text NOT NULL,
    step text NOT NULL,
    on_date date NOT NULL,
    baseline_on date,
    bodies bigint NOT NULL,
    list_digest text NOT NULL,
    drawn bigint NOT NULL
)
WITH (fillfactor='85');
COMMENT ON TABLE read.draw IS 'population snapshots and random draws';
CREATE TABLE read.drawn_object (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    draw_number text NOT NULL,
    object text NOT NULL,
    step text NOT NULL,
    on_date date NOT NULL,
    cause text
)
WITH (fillfactor='85');
COMMENT ON TABLE read.drawn_object IS 'objects drawn, and those exempted';
CREATE TABLE read.enforcement_information (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    item_number text NOT NULL,
    stage text NOT NULL,
    kind text NOT NULL,
    published_on date NOT NULL,
    withdrawn_on date
)
WITH (fillfactor='85');
COMMENT ON TABLE read.enforcement_information IS 'what was published of enforcement beside single cases';
CREATE TABLE read.exam_pass (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    officer text NOT NULL,
    exam text NOT NULL,
    passed_on date NOT NULL
)
WITH (fillfactor='85');
COMMENT ON TABLE read.exam_pass IS 'exams for a licence passed';
CREATE TABLE read.form_movement (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    form text NOT NULL,
    kind text NOT NULL,
    step text NOT NULL,
    on_date date NOT NULL,
    first_number bigint,
    last_number bigint,
    forms bigint NOT NULL
)
WITH (fillfactor='85');
COMMENT ON TABLE read.form_movement IS 'controlled forms by number';
CREATE TABLE read.form_version (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    form text NOT NULL,
    kind text NOT NULL,
    activated_on date NOT NULL,
    replaces text
)
WITH (fillfactor='85');
COMMENT ON TABLE read.form_version IS 'versions of controlled forms in use';
CREATE TABLE read.inspection (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    inspection_number text NOT NULL,
    object text,
    township text,
    mode text,
    draw_number text,
    joint_with text,
    planned_on date,
    cancelled_on date,
    inspected_on date,
    officers text[] NOT NULL,
    licences_shown boolean NOT NULL,
    has_text_record boolean NOT NULL,
    has_recording boolean NOT NULL,
    platform text,
    outcome text,
    result_due_on date,
    result_published_on date,
    penalty_case text,
    rectification_ordered_on date,
    rectification_due_on date,
    rectification_outcome text,
    rectification_verified_on date
)
WITH (fillfactor='85');
COMMENT ON TABLE read.inspection IS 'inspections with officers, records, result and rectification';
CREATE TABLE read.keeping_body (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    body text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    township text NOT NULL,
    registered_on date NOT NULL,
    closed_on date
)
WITH (fillfactor='85');
COMMENT ON TABLE read.keeping_body IS 'register of ash-keeping bodies';
CREATE TABLE read.legal_service (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    engagement text NOT NULL,
    service text NOT NULL,
    served_on date NOT NULL
)
WITH (fillfactor='85');
COMMENT ON TABLE read.legal_service IS 'services of legal advisers';
CREATE TABLE read.licence (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    officer text NOT NULL,
    licence_number text NOT NULL,
    from_on date NOT NULL,
    until_on date
)
WITH (fillfactor='85');
COMMENT ON TABLE read.licence IS 'enforcement licences';
CREATE TABLE read.licence_post (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    post text NOT NULL,
    department text,
    from_on date NOT NULL,
    until_on date
)
WITH (fillfactor='85');
COMMENT ON TABLE read.licence_post IS 'posts that require a licence';
CREATE TABLE read.marriage_registration (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    certificate_number text NOT NULL,
    kind text NOT NULL,
    registered_on date NOT NULL,
    residents bigint NOT NULL,
    copies bigint NOT NULL,
    revoked_on date
)
WITH (fillfactor='85');
COMMENT ON TABLE read.marriage_registration IS 'marriages, divorces and re-issued certificates, as counts without names';
CREATE TABLE read.office_act (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    act text NOT NULL,
    code text NOT NULL,
    title text NOT NULL,
    done_on date NOT NULL,
    first_responsible boolean
)
WITH (fillfactor='85');
COMMENT ON TABLE read.office_act IS 'guides, boards, law lists, meetings';
CREATE TABLE read.officer_post (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    officer text NOT NULL,
    post text NOT NULL,
    department text,
    leader boolean NOT NULL,
    from_on date NOT NULL,
    until_on date
)
WITH (fillfactor='85');
COMMENT ON TABLE read.officer_post IS 'officers in post';
CREATE TABLE read.organisation (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    uscc text NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    township text NOT NULL,
    registered_on date NOT NULL,
    origin text NOT NULL,
    ended_on date,
    ended_how text
)
WITH (fillfactor='85');
COMMENT ON TABLE read.organisation IS 'social organisations on the register, by date';
CREATE TABLE read.outreach_sitting (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    sitting text NOT NULL,
    line text NOT NULL,
    programme text NOT NULL,
    title text NOT NULL,
    kind text,
    mode text,
    issue_number bigint,
    township text,
    participations bigint NOT NULL,
    held_on date NOT NULL
)
WITH (fillfactor='85');
COMMENT ON TABLE read.outreach_sitting IS 'station activities, publicity and trainings: one row per sitting';
CREATE TABLE read.payment (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    case_number text NOT NULL,
    programme text NOT NULL,
    item text NOT NULL,
    kind text NOT NULL,
    amount_fen bigint NOT NULL,
    paid_on date NOT NULL,
    months text NOT NULL,
    township text
)
WITH (fillfactor='85');
COMMENT ON TABLE read.payment IS 'money paid, returned, paid in arrears, recovered; by settlement date';
CREATE TABLE read.penalty_case (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    case_number text NOT NULL,
    subject text,
    township text,
    clue_origin text,
    inspection_number text,
    filed_on date,
    first_evidence_on date,
    evidence bigint NOT NULL,
    licences_shown boolean NOT NULL,
    has_text_record boolean NOT NULL,
    has_recording boolean NOT NULL,
    reviewed_on date,
    noticed_on date,
    decided_on date,
    platform text,
    kinds text[] NOT NULL,
    amount_fen bigint NOT NULL,
    listed boolean NOT NULL,
    service_due_on date,
    served_on date,
    has_receipt boolean NOT NULL,
    publication_due_on date,
    published_on date,
    publication_withdrawn_on date,
    revoked_on date,
    closed_on date
)
WITH (fillfactor='85');
COMMENT ON TABLE read.penalty_case IS 'penalty cases with the dates of their steps';
CREATE TABLE read.place_name (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    place text NOT NULL,
    name text NOT NULL,
    batch bigint,
    township text,
    proposed_on date,
    assessed_on date,
    approved_on date,
    authority text,
    filed_on date,
    announced_on date,
    complete boolean NOT NULL,
    signed_on date,
    changed_on date
)
WITH (fillfactor='85');
COMMENT ON TABLE read.place_name IS 'place names and their steps';
CREATE TABLE read.planned_name (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    batch bigint NOT NULL,
    place text NOT NULL,
    adopted_on date NOT NULL
)
WITH (fillfactor='85');
COMMENT ON TABLE read.planned_name IS 'places that a batch is to name';
CREATE TABLE read.raise_standard (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    batch text NOT NULL,
    kind text NOT NULL,
    area text,
    effective_from date NOT NULL,
    go_live_month text NOT NULL,
    implemented_on date NOT NULL
)
WITH (fillfactor='85');
COMMENT ON TABLE read.raise_standard IS 'standards that a raise put into the payroll';
CREATE TABLE read.rebuilt (
    number bigint NOT NULL,
    switched_at timestamp with time zone DEFAULT now() NOT NULL,
    read_models text[] NOT NULL,
    differences bigint NOT NULL
);
COMMENT ON TABLE read.rebuilt IS 'each switch to rebuilt tables, and how many rows differed that people accepted';
ALTER TABLE read.rebuilt ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME read.rebuilt_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE read.register_count (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    counted_on date NOT NULL,
    bodies bigint NOT NULL
)
WITH (fillfactor='85');
COMMENT ON TABLE read.register_count IS 'counts of the register by the registrar';
CREATE TABLE read.report_publication (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    year bigint NOT NULL,
    published_at text NOT NULL,
    path text NOT NULL,
    asof date,
    stated_position bigint
)
WITH (fillfactor='85');
COMMENT ON TABLE read.report_publication IS 'annual reports published';
CREATE TABLE read.report_section (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    year bigint NOT NULL,
    section text NOT NULL,
    text text NOT NULL,
    author text NOT NULL,
    written_on date NOT NULL
)
WITH (fillfactor='85');
COMMENT ON TABLE read.report_section IS 'prose of annual reports';
CREATE TABLE read.report_signature (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    year bigint NOT NULL,
    signed_on date NOT NULL,
    signed_by text NOT NULL
)
WITH (fillfactor='85');
COMMENT ON TABLE read.report_signature IS 'reports signed';
CREATE TABLE read.standard (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    kind text NOT NULL,
    area text,
    amount_fen bigint NOT NULL,
    effective_from date NOT NULL,
    document_number text NOT NULL,
    authority text NOT NULL
)
WITH (fillfactor='85');
COMMENT ON TABLE read.standard IS 'standards per person and month, with effect from';
CREATE TABLE read.study_session (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    session text NOT NULL,
    title text NOT NULL,
    kinds text[] NOT NULL,
    laws text[] NOT NULL,
    documents text[] NOT NULL,
    participants bigint NOT NULL,
    held_on date NOT NULL
)
WITH (fillfactor='85');
COMMENT ON TABLE read.study_session IS 'study sessions held, each once';
CREATE TABLE read.training_attendance (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    training text NOT NULL,
    village text NOT NULL,
    township text NOT NULL,
    township_persons bigint NOT NULL,
    attended_on date NOT NULL
)
WITH (fillfactor='85');
COMMENT ON TABLE read.training_attendance IS 'villages at trainings';
CREATE TABLE read.village (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    village text NOT NULL,
    township text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    valid_from date NOT NULL,
    valid_to date
)
WITH (fillfactor='85');
COMMENT ON TABLE read.village IS 'villages and communities';
CREATE TABLE read.zombie_disposal (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    n integer NOT NULL,
    uscc text NOT NULL,
    step text NOT NULL,
    way text,
    ground text,
    on_date date NOT NULL
)
WITH (fillfactor='85');
COMMENT ON TABLE read.zombie_disposal IS 'zombie organisations identified and disposed, with the way';
ALTER TABLE ONLY ledger.entry
    ADD CONSTRAINT entry_pkey PRIMARY KEY (ledger, "position");
ALTER TABLE ONLY ledger.ledger
    ADD CONSTRAINT ledger_pkey PRIMARY KEY (ledger);
ALTER TABLE ONLY ledger.parked
    ADD CONSTRAINT parked_pkey PRIMARY KEY (source, event_id);
ALTER TABLE ONLY ledger.person_key
    ADD CONSTRAINT person_key_pkey PRIMARY KEY (ledger, person);
ALTER TABLE ONLY ledger.quarantine
    ADD CONSTRAINT quarantine_pkey PRIMARY KEY (ledger, digest);
ALTER TABLE ONLY ledger.relayed
    ADD CONSTRAINT relayed_pkey PRIMARY KEY (ledger, what);
ALTER TABLE ONLY ledger.sealed_part
    ADD CONSTRAINT sealed_part_pkey PRIMARY KEY (ledger, "position", ordinal);
ALTER TABLE ONLY ledger.source_offset
    ADD CONSTRAINT source_offset_pkey PRIMARY KEY (topic, partition);
ALTER TABLE ONLY ledger.stream_state
    ADD CONSTRAINT stream_state_pkey PRIMARY KEY (ledger, stream);
ALTER TABLE ONLY read.adoption
    ADD CONSTRAINT adoption_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.adviser_lawyer
    ADD CONSTRAINT adviser_lawyer_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.arrears_batch
    ADD CONSTRAINT arrears_batch_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.ashes_placement
    ADD CONSTRAINT ashes_placement_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.case_entitlement
    ADD CONSTRAINT case_entitlement_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.ceremony_couple
    ADD CONSTRAINT ceremony_couple_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.charity_donation
    ADD CONSTRAINT charity_donation_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.charity_drive
    ADD CONSTRAINT charity_drive_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.charity_participant
    ADD CONSTRAINT charity_participant_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.charity_summary
    ADD CONSTRAINT charity_summary_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.charity_turnout
    ADD CONSTRAINT charity_turnout_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.checkpoint
    ADD CONSTRAINT checkpoint_pkey PRIMARY KEY (ledger, read_model);
ALTER TABLE ONLY read.department
    ADD CONSTRAINT department_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.disclosure_item
    ADD CONSTRAINT disclosure_item_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.divorce_application
    ADD CONSTRAINT divorce_application_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.draw
    ADD CONSTRAINT draw_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.drawn_object
    ADD CONSTRAINT drawn_object_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.enforcement_information
    ADD CONSTRAINT enforcement_information_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.exam_pass
    ADD CONSTRAINT exam_pass_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.form_movement
    ADD CONSTRAINT form_movement_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.form_version
    ADD CONSTRAINT form_version_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.inspection
    ADD CONSTRAINT inspection_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.keeping_body
    ADD CONSTRAINT keeping_body_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.legal_service
    ADD CONSTRAINT legal_service_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.licence
    ADD CONSTRAINT licence_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.licence_post
    ADD CONSTRAINT licence_post_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.marriage_registration
    ADD CONSTRAINT marriage_registration_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.office_act
    ADD CONSTRAINT office_act_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.officer_post
    ADD CONSTRAINT officer_post_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.organisation
    ADD CONSTRAINT organisation_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.outreach_sitting
    ADD CONSTRAINT outreach_sitting_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.payment
    ADD CONSTRAINT payment_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.penalty_case
    ADD CONSTRAINT penalty_case_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.place_name
    ADD CONSTRAINT place_name_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.planned_name
    ADD CONSTRAINT planned_name_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.raise_standard
    ADD CONSTRAINT raise_standard_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.rebuilt
    ADD CONSTRAINT rebuilt_pkey PRIMARY KEY (number);
ALTER TABLE ONLY read.register_count
    ADD CONSTRAINT register_count_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.report_publication
    ADD CONSTRAINT report_publication_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.report_section
    ADD CONSTRAINT report_section_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.report_signature
    ADD CONSTRAINT report_signature_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.standard
    ADD CONSTRAINT standard_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.study_session
    ADD CONSTRAINT study_session_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.training_attendance
    ADD CONSTRAINT training_attendance_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.village
    ADD CONSTRAINT village_pkey PRIMARY KEY (ledger, known_from, n);
ALTER TABLE ONLY read.zombie_disposal
    ADD CONSTRAINT zombie_disposal_pkey PRIMARY KEY (ledger, known_from, n);
CREATE UNIQUE INDEX entry_event ON ledger.entry USING btree (source, event_id);
CREATE UNIQUE INDEX entry_stream ON ledger.entry USING btree (ledger, stream, version);
CREATE INDEX parked_waits ON ledger.parked USING btree (ledger, waits_for) WHERE (taken_at IS NULL);
CREATE INDEX adoption_0 ON read.adoption USING btree (ledger, registered_on);
CREATE INDEX adoption_stream ON read.adoption USING btree (ledger, stream);
CREATE INDEX adviser_lawyer_stream ON read.adviser_lawyer USING btree (ledger, stream);
CREATE INDEX case_entitlement_0 ON read.case_entitlement USING btree (ledger, programme, first_month);
CREATE INDEX case_entitlement_stream ON read.case_entitlement USING btree (ledger, stream);
CREATE INDEX ceremony_couple_0 ON read.ceremony_couple USING btree (ledger, held_on);
CREATE INDEX charity_donation_0 ON read.charity_donation USING btree (ledger, drive);
CREATE INDEX charity_drive_0 ON read.charity_drive USING btree (ledger, drive);
CREATE INDEX charity_participant_0 ON read.charity_participant USING btree (ledger, drive);
CREATE INDEX charity_summary_0 ON read.charity_summary USING btree (ledger, drive);
CREATE INDEX charity_turnout_0 ON read.charity_turnout USING btree (ledger, drive);
CREATE INDEX department_stream ON read.department USING btree (ledger, stream);
CREATE INDEX disclosure_item_0 ON read.disclosure_item USING btree (ledger, column_code, published_on);
CREATE INDEX disclosure_item_stream ON read.disclosure_item USING btree (ledger, stream);
CREATE INDEX divorce_application_0 ON read.divorce_application USING btree (ledger, applied_on);
CREATE INDEX draw_0 ON read.draw USING btree (ledger, draw_number);
CREATE INDEX drawn_object_0 ON read.drawn_object USING btree (ledger, draw_number);
CREATE INDEX drawn_object_1 ON read.drawn_object USING btree (ledger, object);
CREATE INDEX enforcement_information_0 ON read.enforcement_information USING btree (ledger, kind, published_on);
CREATE INDEX enforcement_information_stream ON read.enforcement_information USING btree (ledger, stream);
CREATE INDEX form_movement_0 ON read.form_movement USING btree (ledger, form, step);
CREATE INDEX inspection_0 ON read.inspection USING btree (ledger, inspected_on);
CREATE INDEX inspection_1 ON read.inspection USING btree (ledger, draw_number);
CREATE INDEX inspection_2 ON read.inspection USING btree (ledger, inspection_number);
CREATE INDEX inspection_stream ON read.inspection USING btree (ledger, stream);
CREATE INDEX keeping_body_stream ON read.keeping_body USING btree (ledger, stream);
CREATE INDEX licence_0 ON read.licence USING btree (ledger, officer);
CREATE INDEX licence_post_stream ON read.licence_post USING btree (ledger, stream);
CREATE INDEX licence_stream ON read.licence USING btree (ledger, stream);
CREATE INDEX marriage_registration_0 ON read.marriage_registration USING btree (ledger, kind, registered_on);
CREATE INDEX marriage_registration_stream ON read.marriage_registration USING btree (ledger, stream);
CREATE INDEX office_act_0 ON read.office_act USING btree (ledger, act, done_on);
CREATE INDEX officer_post_0 ON read.officer_post USING btree (ledger, officer);
CREATE INDEX officer_post_stream ON read.officer_post USING btree (ledger, stream);
CREATE INDEX organisation_0 ON read.organisation USING btree (ledger, registered_on);
CREATE INDEX organisation_1 ON read.organisation USING btree (ledger, uscc);
CREATE INDEX organisation_stream ON read.organisation USING btree (ledger, stream);
CREATE INDEX outreach_sitting_0 ON read.outreach_sitting USING btree (ledger, programme, held_on);
CREATE INDEX payment_0 ON read.payment USING btree (ledger, programme, paid_on);
CREATE INDEX penalty_case_0 ON read.penalty_case USING btree (ledger, decided_on);
CREATE INDEX penalty_case_1 ON read.penalty_case USING btree (ledger, inspection_number);
CREATE INDEX penalty_case_stream ON read.penalty_case USING btree (ledger, stream);
CREATE INDEX place_name_0 ON read.place_name USING btree (ledger, batch, approved_on);
CREATE INDEX place_name_stream ON read.place_name USING btree (ledger, stream);
CREATE INDEX register_count_0 ON read.register_count USING btree (ledger, counted_on);
CREATE INDEX report_publication_0 ON read.report_publication USING btree (ledger, year);
CREATE INDEX report_section_0 ON read.report_section USING btree (ledger, year);
CREATE INDEX report_section_stream ON read.report_section USING btree (ledger, stream);
CREATE INDEX report_signature_0 ON read.report_signature USING btree (ledger, year);
CREATE INDEX standard_0 ON read.standard USING btree (ledger, kind);
CREATE INDEX study_session_0 ON read.study_session USING btree (ledger, held_on);
CREATE INDEX study_session_stream ON read.study_session USING btree (ledger, stream);
CREATE INDEX training_attendance_0 ON read.training_attendance USING btree (ledger, training);
CREATE INDEX village_0 ON read.village USING btree (ledger, village);
CREATE INDEX village_stream ON read.village USING btree (ledger, stream);
CREATE INDEX zombie_disposal_0 ON read.zombie_disposal USING btree (ledger, on_date);
CREATE INDEX zombie_disposal_1 ON read.zombie_disposal USING btree (ledger, uscc);
CREATE TRIGGER entry_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.entry FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER sealed_part_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.sealed_part FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
