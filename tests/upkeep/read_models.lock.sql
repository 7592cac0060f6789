-- version 5
CREATE TABLE IF NOT EXISTS read_5.adoption (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    application text NOT NULL,
    child_kind text,
    applied_on date,
    registered_on date,
    ended_on date,
    ended_how text,
    searched_on date,
    archived boolean NOT NULL,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.adoption IS 'applications for adoption and outcomes';
CREATE INDEX IF NOT EXISTS adoption_0 ON read_5.adoption (ledger, registered_on);
CREATE INDEX IF NOT EXISTS adoption_1 ON read_5.adoption (ledger, stream);
CREATE INDEX IF NOT EXISTS adoption_ended ON read_5.adoption (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.payment (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    case_number text NOT NULL,
    programme text NOT NULL,
    item text NOT NULL,
    kind text NOT NULL,
    amount_fen bigint NOT NULL,
    paid_on date NOT NULL,
    months text NOT NULL,
    month_number bigint,
    township text,
    whole boolean NOT NULL,
    batch text,
    fact bigint NOT NULL,
    names text,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.payment IS 'money paid, returned, paid in arrears, recovered; by settlement date';
CREATE INDEX IF NOT EXISTS payment_0 ON read_5.payment (ledger, programme, paid_on) INCLUDE (kind, item, amount_fen, known_from, known_to);
CREATE INDEX IF NOT EXISTS payment_1 ON read_5.payment (ledger, month_number, stream) INCLUDE (amount_fen, paid_on, known_from, known_to);
CREATE INDEX IF NOT EXISTS payment_2 ON read_5.payment (ledger, stream);
CREATE INDEX IF NOT EXISTS payment_3 ON read_5.payment (ledger, batch);
CREATE INDEX IF NOT EXISTS payment_4 ON read_5.payment (ledger, paid_on) WHERE kind = 'returned';
CREATE INDEX IF NOT EXISTS payment_ended ON read_5.payment (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.paid_month (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    month_number bigint NOT NULL,
    part_fen bigint NOT NULL,
    paid_on date NOT NULL,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.paid_month IS 'what basic money for several months is for, month by month';
CREATE INDEX IF NOT EXISTS paid_month_0 ON read_5.paid_month (ledger, month_number, stream) INCLUDE (part_fen, paid_on, known_from, known_to);
CREATE INDEX IF NOT EXISTS paid_month_ended ON read_5.paid_month (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.payroll_step (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    batch text NOT NULL,
    step text NOT NULL,
    programme text NOT NULL,
    month text NOT NULL,
    amount_fen bigint NOT NULL,
    lines bigint NOT NULL,
    done_on date NOT NULL,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.payroll_step IS 'lists of payments: prepared, approved, money asked for, released, ordered to be paid';
CREATE INDEX IF NOT EXISTS payroll_step_0 ON read_5.payroll_step (ledger, batch, step);
CREATE INDEX IF NOT EXISTS payroll_step_1 ON read_5.payroll_step (ledger, programme, month, step);
CREATE INDEX IF NOT EXISTS payroll_step_ended ON read_5.payroll_step (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.overpayment (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    case_number text NOT NULL,
    kind text NOT NULL,
    programme text NOT NULL,
    amount_fen bigint NOT NULL,
    on_date date NOT NULL,
    due_on date,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.overpayment IS 'money found not to be due, ordered back, not pursued';
CREATE INDEX IF NOT EXISTS overpayment_0 ON read_5.overpayment (ledger, stream);
CREATE INDEX IF NOT EXISTS overpayment_ended ON read_5.overpayment (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.relief (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    relief_number text NOT NULL,
    programme text NOT NULL,
    kind text NOT NULL,
    cause text NOT NULL,
    manner text NOT NULL,
    urgent boolean NOT NULL,
    area text NOT NULL,
    township text NOT NULL,
    village text NOT NULL,
    persons bigint NOT NULL,
    amount_fen bigint NOT NULL,
    decided_by text NOT NULL,
    decided_on date NOT NULL,
    replaced_on date,
    papers_on date,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.relief IS 'temporary relief, by decision';
CREATE INDEX IF NOT EXISTS relief_0 ON read_5.relief (ledger, decided_on);
CREATE INDEX IF NOT EXISTS relief_1 ON read_5.relief (ledger, stream);
CREATE INDEX IF NOT EXISTS relief_ended ON read_5.relief (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.relief_payment (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    relief_number text NOT NULL,
    amount_fen bigint NOT NULL,
    paid_on date NOT NULL,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.relief_payment IS 'temporary relief handed over';
CREATE INDEX IF NOT EXISTS relief_payment_0 ON read_5.relief_payment (ledger, paid_on);
CREATE INDEX IF NOT EXISTS relief_payment_ended ON read_5.relief_payment (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.account (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    account_ref text,
    person_ref text NOT NULL,
    role text NOT NULL,
    on_date date NOT NULL,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.account IS 'accounts that cases name, and for whom';
CREATE INDEX IF NOT EXISTS account_0 ON read_5.account (ledger, account_ref);
CREATE INDEX IF NOT EXISTS account_1 ON read_5.account (ledger, stream);
CREATE INDEX IF NOT EXISTS account_ended ON read_5.account (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.supported_child (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    person_ref text NOT NULL,
    township text NOT NULL,
    adult_from text,
    first_month text NOT NULL,
    granted_on date NOT NULL,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.supported_child IS 'children with support, when they come of age';
CREATE INDEX IF NOT EXISTS supported_child_0 ON read_5.supported_child (ledger, stream);
CREATE INDEX IF NOT EXISTS supported_child_1 ON read_5.supported_child (ledger, person_ref);
CREATE INDEX IF NOT EXISTS supported_child_ended ON read_5.supported_child (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.adopted_child (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    child_ref text NOT NULL,
    registered_on date,
    ended_on date,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.adopted_child IS 'children whose adoption is registered';
CREATE INDEX IF NOT EXISTS adopted_child_0 ON read_5.adopted_child (ledger, child_ref);
CREATE INDEX IF NOT EXISTS adopted_child_ended ON read_5.adopted_child (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.death (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    person_ref text NOT NULL,
    died_on date NOT NULL,
    told_on date NOT NULL,
    none_from date,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.death IS 'who died, by each fact that says so';
CREATE INDEX IF NOT EXISTS death_0 ON read_5.death (ledger, person_ref);
CREATE INDEX IF NOT EXISTS death_1 ON read_5.death (ledger, stream);
CREATE INDEX IF NOT EXISTS death_ended ON read_5.death (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.case_entitlement (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    case_number text NOT NULL,
    programme text NOT NULL,
    level text,
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
    decided_on date NOT NULL,
    continues text,
    moved_from text,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.case_entitlement IS 'entitlement of each case by months';
CREATE INDEX IF NOT EXISTS case_entitlement_0 ON read_5.case_entitlement (ledger, programme, first_month);
CREATE INDEX IF NOT EXISTS case_entitlement_1 ON read_5.case_entitlement (ledger, stream);
CREATE INDEX IF NOT EXISTS case_entitlement_ended ON read_5.case_entitlement (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.covered_person (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    person_ref text NOT NULL,
    case_number text NOT NULL,
    programme text NOT NULL,
    township text NOT NULL,
    first_month text NOT NULL,
    last_month text,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.covered_person IS 'who has 保障 status by which case, by months';
CREATE INDEX IF NOT EXISTS covered_person_0 ON read_5.covered_person (ledger, person_ref);
CREATE INDEX IF NOT EXISTS covered_person_1 ON read_5.covered_person (ledger, stream);
CREATE INDEX IF NOT EXISTS covered_person_ended ON read_5.covered_person (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.case_step (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    case_number text NOT NULL,
    step text NOT NULL,
    on_date date NOT NULL,
    until date,
    programme text,
    township text,
    officers text[] NOT NULL,
    approver text,
    decided_on date,
    review_months bigint,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.case_step IS 'steps of each case';
CREATE INDEX IF NOT EXISTS case_step_0 ON read_5.case_step (ledger, stream, step);
CREATE INDEX IF NOT EXISTS case_step_1 ON read_5.case_step (ledger, step, on_date);
CREATE INDEX IF NOT EXISTS case_step_ended ON read_5.case_step (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.disclosure_item (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    item text NOT NULL,
    column_code text NOT NULL,
    topic text NOT NULL,
    title text NOT NULL,
    published_on date NOT NULL,
    withdrawn_on date,
    again_on date,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.disclosure_item IS 'items on the website by column; first publication';
CREATE INDEX IF NOT EXISTS disclosure_item_0 ON read_5.disclosure_item (ledger, column_code, published_on);
CREATE INDEX IF NOT EXISTS disclosure_item_ended ON read_5.disclosure_item (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.keeping_body (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    body text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    township text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.keeping_body IS 'register of ash-keeping bodies';
CREATE INDEX IF NOT EXISTS keeping_body_ended ON read_5.keeping_body (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.form_movement (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    form text NOT NULL,
    kind text NOT NULL,
    step text NOT NULL,
    on_date date NOT NULL,
    first_number bigint,
    last_number bigint,
    forms bigint NOT NULL,
    deceased text,
    told bigint,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.form_movement IS 'controlled forms by number';
CREATE INDEX IF NOT EXISTS form_movement_0 ON read_5.form_movement (ledger, form, step);
CREATE INDEX IF NOT EXISTS form_movement_1 ON read_5.form_movement (ledger, form, first_number);
CREATE INDEX IF NOT EXISTS form_movement_2 ON read_5.form_movement (ledger, deceased);
CREATE INDEX IF NOT EXISTS form_movement_ended ON read_5.form_movement (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.form_version (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    form text NOT NULL,
    kind text NOT NULL,
    activated_on date NOT NULL,
    replaces text,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.form_version IS 'versions of controlled forms in use';
CREATE INDEX IF NOT EXISTS form_version_ended ON read_5.form_version (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.ashes_placement (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    deceased text NOT NULL,
    body text NOT NULL,
    receipt_form text NOT NULL,
    receipt_number bigint NOT NULL,
    placed_on date NOT NULL,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.ashes_placement IS 'where ashes were placed';
CREATE INDEX IF NOT EXISTS ashes_placement_0 ON read_5.ashes_placement (ledger, deceased);
CREATE INDEX IF NOT EXISTS ashes_placement_ended ON read_5.ashes_placement (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.enforcement_act (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    kind text NOT NULL,
    number text NOT NULL,
    on_date date NOT NULL,
    officers text[] NOT NULL,
    mode text,
    inspection_number text,
    object text,
    from_time text,
    until_time text,
    township text,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.enforcement_act IS 'inspections, verifications, evidence and decisions with the officers who took part';
CREATE INDEX IF NOT EXISTS enforcement_act_0 ON read_5.enforcement_act (ledger, stream);
CREATE INDEX IF NOT EXISTS enforcement_act_1 ON read_5.enforcement_act (ledger, on_date);
CREATE INDEX IF NOT EXISTS enforcement_act_ended ON read_5.enforcement_act (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.inspected_object (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    object text NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    township text,
    registered_on date NOT NULL,
    removed_on date,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.inspected_object IS 'what is inspected and stands on no other register';
CREATE INDEX IF NOT EXISTS inspected_object_0 ON read_5.inspected_object (ledger, object);
CREATE INDEX IF NOT EXISTS inspected_object_ended ON read_5.inspected_object (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.draw (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    draw_number text NOT NULL,
    step text NOT NULL,
    on_date date NOT NULL,
    baseline_on date,
    bodies bigint NOT NULL,
    list_digest text NOT NULL,
    drawn bigint NOT NULL,
    officers text[] NOT NULL,
    redraw_disclosed boolean NOT NULL,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.draw IS 'population snapshots and random draws';
CREATE INDEX IF NOT EXISTS draw_0 ON read_5.draw (ledger, draw_number);
CREATE INDEX IF NOT EXISTS draw_ended ON read_5.draw (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.drawn_object (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    draw_number text NOT NULL,
    object text NOT NULL,
    step text NOT NULL,
    on_date date NOT NULL,
    cause text,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.drawn_object IS 'objects drawn, and those exempted';
CREATE INDEX IF NOT EXISTS drawn_object_0 ON read_5.drawn_object (ledger, draw_number);
CREATE INDEX IF NOT EXISTS drawn_object_1 ON read_5.drawn_object (ledger, object);
CREATE INDEX IF NOT EXISTS drawn_object_ended ON read_5.drawn_object (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.enforcement_information (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    item_number text NOT NULL,
    stage text NOT NULL,
    kind text NOT NULL,
    published_on date NOT NULL,
    withdrawn_on date,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.enforcement_information IS 'what was published of enforcement beside single cases';
CREATE INDEX IF NOT EXISTS enforcement_information_0 ON read_5.enforcement_information (ledger, kind, published_on);
CREATE INDEX IF NOT EXISTS enforcement_information_ended ON read_5.enforcement_information (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.inspection (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
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
    transferred_on date,
    rectification_ordered_on date,
    rectification_due_on date,
    rectification_outcome text,
    rectification_verified_on date,
    rectification_closed_on date,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.inspection IS 'inspections with officers, records, result and rectification';
CREATE INDEX IF NOT EXISTS inspection_0 ON read_5.inspection (ledger, inspected_on);
CREATE INDEX IF NOT EXISTS inspection_1 ON read_5.inspection (ledger, draw_number);
CREATE INDEX IF NOT EXISTS inspection_2 ON read_5.inspection (ledger, inspection_number);
CREATE INDEX IF NOT EXISTS inspection_ended ON read_5.inspection (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.marital_fact (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    person_ref text NOT NULL,
    kind text NOT NULL,
    archived boolean NOT NULL,
    on_date date NOT NULL,
    undone_on date,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.marital_fact IS 'marriages and divorces by person, as pseudonyms';
CREATE INDEX IF NOT EXISTS marital_fact_0 ON read_5.marital_fact (ledger, person_ref);
CREATE INDEX IF NOT EXISTS marital_fact_ended ON read_5.marital_fact (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.certificate (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    series text NOT NULL,
    serial bigint NOT NULL,
    used_for text NOT NULL,
    on_date date NOT NULL,
    fits boolean NOT NULL,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.certificate IS 'numbers of marriage certificates: issued or voided';
CREATE INDEX IF NOT EXISTS certificate_0 ON read_5.certificate (ledger, series, serial);
CREATE INDEX IF NOT EXISTS certificate_ended ON read_5.certificate (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.marriage_registration (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    certificate_number text NOT NULL,
    kind text NOT NULL,
    registered_on date NOT NULL,
    residents bigint NOT NULL,
    couple text NOT NULL,
    copies bigint NOT NULL,
    faults text[] NOT NULL,
    revoked_on date,
    judged_on date,
    judgment text,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.marriage_registration IS 'marriages, divorces and re-issued certificates, as counts without names';
CREATE INDEX IF NOT EXISTS marriage_registration_0 ON read_5.marriage_registration (ledger, kind, registered_on);
CREATE INDEX IF NOT EXISTS marriage_registration_1 ON read_5.marriage_registration (ledger, stream);
CREATE INDEX IF NOT EXISTS marriage_registration_ended ON read_5.marriage_registration (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.ceremony_couple (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    ceremony text NOT NULL,
    held_on date NOT NULL,
    certificate_number text NOT NULL,
    co_organisers bigint NOT NULL,
    place text NOT NULL,
    organisers text[] NOT NULL,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.ceremony_couple IS 'couples of certificate ceremonies, by certificate number';
CREATE INDEX IF NOT EXISTS ceremony_couple_0 ON read_5.ceremony_couple (ledger, held_on);
CREATE INDEX IF NOT EXISTS ceremony_couple_ended ON read_5.ceremony_couple (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.department (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    department text NOT NULL,
    title text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.department IS 'departments of the bureau, by title';
CREATE INDEX IF NOT EXISTS department_ended ON read_5.department (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.licence_post (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    post text NOT NULL,
    department text,
    title text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.licence_post IS 'posts that require a licence';
CREATE INDEX IF NOT EXISTS licence_post_ended ON read_5.licence_post (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.officer_post (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    officer text NOT NULL,
    post text NOT NULL,
    department text,
    leader boolean NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.officer_post IS 'officers in post';
CREATE INDEX IF NOT EXISTS officer_post_0 ON read_5.officer_post (ledger, officer);
CREATE INDEX IF NOT EXISTS officer_post_ended ON read_5.officer_post (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.licence (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    officer text NOT NULL,
    licence_number text NOT NULL,
    scope text,
    valid_from date NOT NULL,
    valid_to date,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.licence IS 'enforcement licences';
CREATE INDEX IF NOT EXISTS licence_0 ON read_5.licence (ledger, officer);
CREATE INDEX IF NOT EXISTS licence_ended ON read_5.licence (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.exam_pass (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    officer text NOT NULL,
    exam text NOT NULL,
    passed_on date NOT NULL,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.exam_pass IS 'exams for a licence passed';
CREATE INDEX IF NOT EXISTS exam_pass_ended ON read_5.exam_pass (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.adviser_lawyer (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    engagement text NOT NULL,
    firm_code text NOT NULL,
    firm text NOT NULL,
    lawyer text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.adviser_lawyer IS 'lawyers engaged';
CREATE INDEX IF NOT EXISTS adviser_lawyer_ended ON read_5.adviser_lawyer (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.legal_service (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    engagement text NOT NULL,
    service text NOT NULL,
    served_on date NOT NULL,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.legal_service IS 'services of legal advisers';
CREATE INDEX IF NOT EXISTS legal_service_ended ON read_5.legal_service (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.organisation (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    uscc text NOT NULL,
    kind text NOT NULL,
    township text NOT NULL,
    registered_on date NOT NULL,
    origin text NOT NULL,
    ended_on date,
    ended_how text,
    capital_fen bigint,
    application text,
    accepted_on date,
    liquidated_on date,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.organisation IS 'social organisations on the register, by date';
CREATE INDEX IF NOT EXISTS organisation_0 ON read_5.organisation (ledger, registered_on);
CREATE INDEX IF NOT EXISTS organisation_1 ON read_5.organisation (ledger, uscc);
CREATE INDEX IF NOT EXISTS organisation_2 ON read_5.organisation (ledger, application);
CREATE INDEX IF NOT EXISTS organisation_3 ON read_5.organisation (ledger, stream);
CREATE INDEX IF NOT EXISTS organisation_ended ON read_5.organisation (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.organisation_application (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    application text NOT NULL,
    accepted_on date,
    refused_on date,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.organisation_application IS 'applications to establish organisations, accepted and refused';
CREATE INDEX IF NOT EXISTS organisation_application_0 ON read_5.organisation_application (ledger, stream);
CREATE INDEX IF NOT EXISTS organisation_application_ended ON read_5.organisation_application (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.registered_value (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    uscc text NOT NULL,
    item text NOT NULL,
    value text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.registered_value IS 'what the register holds of organisations, by item and date';
CREATE INDEX IF NOT EXISTS registered_value_0 ON read_5.registered_value (ledger, uscc, item);
CREATE INDEX IF NOT EXISTS registered_value_1 ON read_5.registered_value (ledger, value);
CREATE INDEX IF NOT EXISTS registered_value_ended ON read_5.registered_value (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.organisation_filing (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    uscc text NOT NULL,
    kind text NOT NULL,
    on_date date NOT NULL,
    item text,
    until date,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.organisation_filing IS 'changes, charters, elections, principals, certificates and annual reports that were filed';
CREATE INDEX IF NOT EXISTS organisation_filing_0 ON read_5.organisation_filing (ledger, kind, on_date);
CREATE INDEX IF NOT EXISTS organisation_filing_1 ON read_5.organisation_filing (ledger, uscc);
CREATE INDEX IF NOT EXISTS organisation_filing_ended ON read_5.organisation_filing (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.zombie_disposal (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    uscc text NOT NULL,
    step text NOT NULL,
    way text,
    ground text,
    on_date date NOT NULL,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.zombie_disposal IS 'zombie organisations identified and disposed, with the way';
CREATE INDEX IF NOT EXISTS zombie_disposal_0 ON read_5.zombie_disposal (ledger, on_date);
CREATE INDEX IF NOT EXISTS zombie_disposal_1 ON read_5.zombie_disposal (ledger, uscc);
CREATE INDEX IF NOT EXISTS zombie_disposal_ended ON read_5.zombie_disposal (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.register_count (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    counted_on date NOT NULL,
    bodies bigint NOT NULL,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.register_count IS 'counts of the register by the registrar';
CREATE INDEX IF NOT EXISTS register_count_0 ON read_5.register_count (ledger, counted_on);
CREATE INDEX IF NOT EXISTS register_count_ended ON read_5.register_count (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.study_session (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    session text NOT NULL,
    title text NOT NULL,
    kinds text[] NOT NULL,
    laws text[] NOT NULL,
    documents text[] NOT NULL,
    participants bigint NOT NULL,
    held_on date NOT NULL,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.study_session IS 'study sessions held, each once';
CREATE INDEX IF NOT EXISTS study_session_0 ON read_5.study_session (ledger, held_on);
CREATE INDEX IF NOT EXISTS study_session_ended ON read_5.study_session (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.outreach_sitting (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
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
    held_on date NOT NULL,
    place text,
    laws text[] NOT NULL,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.outreach_sitting IS 'station activities, publicity and trainings: one row per sitting';
CREATE INDEX IF NOT EXISTS outreach_sitting_0 ON read_5.outreach_sitting (ledger, programme, held_on);
CREATE INDEX IF NOT EXISTS outreach_sitting_ended ON read_5.outreach_sitting (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.training_attendance (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    training text NOT NULL,
    village text NOT NULL,
    township text NOT NULL,
    township_persons bigint NOT NULL,
    attended_on date NOT NULL,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.training_attendance IS 'villages at trainings';
CREATE INDEX IF NOT EXISTS training_attendance_0 ON read_5.training_attendance (ledger, training);
CREATE INDEX IF NOT EXISTS training_attendance_ended ON read_5.training_attendance (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.office_act (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    act text NOT NULL,
    code text NOT NULL,
    title text NOT NULL,
    done_on date NOT NULL,
    first_responsible boolean,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.office_act IS 'guides, boards, law lists, meetings';
CREATE INDEX IF NOT EXISTS office_act_0 ON read_5.office_act (ledger, act, done_on);
CREATE INDEX IF NOT EXISTS office_act_ended ON read_5.office_act (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.charity_drive (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    drive text NOT NULL,
    programme text NOT NULL,
    title text NOT NULL,
    opens_on date NOT NULL,
    closes_on date NOT NULL,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.charity_drive IS 'charity drives';
CREATE INDEX IF NOT EXISTS charity_drive_0 ON read_5.charity_drive (ledger, drive);
CREATE INDEX IF NOT EXISTS charity_drive_ended ON read_5.charity_drive (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.charity_participant (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    drive text NOT NULL,
    participant text NOT NULL,
    kind text NOT NULL,
    joined_on date NOT NULL,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.charity_participant IS 'who took part in a drive';
CREATE INDEX IF NOT EXISTS charity_participant_0 ON read_5.charity_participant (ledger, drive);
CREATE INDEX IF NOT EXISTS charity_participant_ended ON read_5.charity_participant (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.charity_donation (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    drive text NOT NULL,
    donation text NOT NULL,
    form text NOT NULL,
    value_fen bigint NOT NULL,
    valuation text,
    recipient text NOT NULL,
    donated_on date NOT NULL,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.charity_donation IS 'donations at stated value';
CREATE INDEX IF NOT EXISTS charity_donation_0 ON read_5.charity_donation (ledger, drive);
CREATE INDEX IF NOT EXISTS charity_donation_ended ON read_5.charity_donation (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.charity_turnout (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    drive text NOT NULL,
    place text NOT NULL,
    township text,
    participations bigint NOT NULL,
    counted_on date NOT NULL,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.charity_turnout IS 'turnout of drives';
CREATE INDEX IF NOT EXISTS charity_turnout_0 ON read_5.charity_turnout (ledger, drive);
CREATE INDEX IF NOT EXISTS charity_turnout_ended ON read_5.charity_turnout (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.charity_summary (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    drive text NOT NULL,
    enterprises_stated text NOT NULL,
    participations_stated text NOT NULL,
    goods_stated text NOT NULL,
    reported_on date NOT NULL,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.charity_summary IS 'rounded words as stated';
CREATE INDEX IF NOT EXISTS charity_summary_0 ON read_5.charity_summary (ledger, drive);
CREATE INDEX IF NOT EXISTS charity_summary_ended ON read_5.charity_summary (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.penalty_case (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    case_number text NOT NULL,
    party text,
    subject text,
    township text,
    clue_origin text,
    inspection_number text,
    breach_ended_on date,
    grave boolean NOT NULL,
    found_on date,
    filed_on date,
    handlers text[] NOT NULL,
    first_evidence_on date,
    evidence bigint NOT NULL,
    licences_shown boolean NOT NULL,
    has_text_record boolean NOT NULL,
    has_recording boolean NOT NULL,
    unshown_on date,
    unrecorded_on date,
    reviewed_on date,
    reviewer text,
    reviewer_fit boolean NOT NULL,
    noticed_on date,
    hearing_offered_on date,
    hearing_waived_on date,
    hearing_requested_on date,
    hearing_held_on date,
    dropped_on date,
    decided_on date,
    decision_number text,
    procedure text,
    platform text,
    kinds text[] NOT NULL,
    amount_fen bigint NOT NULL,
    listed boolean NOT NULL,
    service_due_on date,
    served_on date,
    served_by_notice boolean NOT NULL,
    has_receipt boolean NOT NULL,
    publication_due_on date,
    published_on date,
    publication_withdrawn_on date,
    withdrawal_explained boolean NOT NULL,
    revoked_on date,
    varied_on date,
    closed_on date,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.penalty_case IS 'penalty cases with the dates of their steps';
CREATE INDEX IF NOT EXISTS penalty_case_0 ON read_5.penalty_case (ledger, decided_on);
CREATE INDEX IF NOT EXISTS penalty_case_1 ON read_5.penalty_case (ledger, inspection_number);
CREATE INDEX IF NOT EXISTS penalty_case_ended ON read_5.penalty_case (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.preserved_evidence (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    case_number text NOT NULL,
    preserved_on date NOT NULL,
    handled_on date,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.preserved_evidence IS 'evidence preserved, and when it was dealt with';
CREATE INDEX IF NOT EXISTS preserved_evidence_ended ON read_5.preserved_evidence (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.penalty_notice (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    decision_number text NOT NULL,
    party text NOT NULL,
    subject text,
    body text,
    cause text,
    legal_basis text NOT NULL,
    kinds text[] NOT NULL,
    amount_fen bigint NOT NULL,
    decided_on date NOT NULL,
    due_on date,
    published_on date NOT NULL,
    late bigint,
    down_on date,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.penalty_notice IS 'penalties as they were published';
CREATE INDEX IF NOT EXISTS penalty_notice_ended ON read_5.penalty_notice (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.penalty_withdrawal (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    decision_number text NOT NULL,
    party text NOT NULL,
    decided_on date NOT NULL,
    undone text NOT NULL,
    since date NOT NULL,
    due_on date,
    withdrawn_on date,
    reason text,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.penalty_withdrawal IS 'penalties that were taken down, or have to be, with the reason';
CREATE INDEX IF NOT EXISTS penalty_withdrawal_ended ON read_5.penalty_withdrawal (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.place_name (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    place text NOT NULL,
    given_name text NOT NULL,
    batch bigint,
    township text,
    proposed_on date,
    assessed_on date,
    reviewed_on date,
    asked_on date,
    approved_on date,
    authority text,
    filed_on date,
    announced_on date,
    complete boolean NOT NULL,
    signed_on date,
    changed_on date,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.place_name IS 'place names and their steps';
CREATE INDEX IF NOT EXISTS place_name_0 ON read_5.place_name (ledger, batch, approved_on);
CREATE INDEX IF NOT EXISTS place_name_1 ON read_5.place_name (ledger, stream);
CREATE INDEX IF NOT EXISTS place_name_2 ON read_5.place_name (ledger, place);
CREATE INDEX IF NOT EXISTS place_name_ended ON read_5.place_name (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.place_value (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    place text NOT NULL,
    item text NOT NULL,
    value text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.place_value IS 'names and locations of places, by date';
CREATE INDEX IF NOT EXISTS place_value_0 ON read_5.place_value (ledger, place, item);
CREATE INDEX IF NOT EXISTS place_value_ended ON read_5.place_value (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.place_called (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    place text NOT NULL,
    name text NOT NULL,
    sound text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.place_called IS 'names of places by date, with the sound by which they are compared';
CREATE INDEX IF NOT EXISTS place_called_0 ON read_5.place_called (ledger, sound);
CREATE INDEX IF NOT EXISTS place_called_1 ON read_5.place_called (ledger, place);
CREATE INDEX IF NOT EXISTS place_called_ended ON read_5.place_called (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.planned_name (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    batch bigint NOT NULL,
    place text NOT NULL,
    adopted_on date NOT NULL,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.planned_name IS 'places that a batch is to name';
CREATE INDEX IF NOT EXISTS planned_name_ended ON read_5.planned_name (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.finding_answer (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    finding text NOT NULL,
    state text NOT NULL,
    decided_by text NOT NULL,
    source text NOT NULL,
    reason text NOT NULL,
    unit text,
    due_on date,
    amount_fen bigint,
    document_number text,
    answered_at bigint NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.finding_answer IS 'what people said of findings';
CREATE INDEX IF NOT EXISTS finding_answer_0 ON read_5.finding_answer (ledger, finding);
CREATE INDEX IF NOT EXISTS finding_answer_ended ON read_5.finding_answer (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.report_section (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    year bigint NOT NULL,
    section text NOT NULL,
    text text NOT NULL,
    author text NOT NULL,
    written_on date NOT NULL,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.report_section IS 'prose of annual reports';
CREATE INDEX IF NOT EXISTS report_section_0 ON read_5.report_section (ledger, year);
CREATE INDEX IF NOT EXISTS report_section_ended ON read_5.report_section (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.report_signature (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    year bigint NOT NULL,
    signed_on date NOT NULL,
    signed_by text NOT NULL,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.report_signature IS 'reports signed';
CREATE INDEX IF NOT EXISTS report_signature_0 ON read_5.report_signature (ledger, year);
CREATE INDEX IF NOT EXISTS report_signature_ended ON read_5.report_signature (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.report_publication (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    year bigint NOT NULL,
    published_at text NOT NULL,
    path text NOT NULL,
    asof date,
    stated_position bigint,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.report_publication IS 'annual reports published';
CREATE INDEX IF NOT EXISTS report_publication_0 ON read_5.report_publication (ledger, year);
CREATE INDEX IF NOT EXISTS report_publication_ended ON read_5.report_publication (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.plan_signature (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    plan text NOT NULL,
    period text NOT NULL,
    signed_on date NOT NULL,
    signed_by text NOT NULL,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.plan_signature IS 'plans signed for a period';
CREATE INDEX IF NOT EXISTS plan_signature_0 ON read_5.plan_signature (ledger, plan, period);
CREATE INDEX IF NOT EXISTS plan_signature_ended ON read_5.plan_signature (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.release (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    plan text NOT NULL,
    period text NOT NULL,
    edition bigint NOT NULL,
    kind text NOT NULL,
    title text NOT NULL,
    audience text NOT NULL,
    asof date NOT NULL,
    moment bigint NOT NULL,
    published_at text NOT NULL,
    sections bigint NOT NULL,
    content text NOT NULL,
    bureau text,
    merged text NOT NULL,
    signed text,
    dated text,
    signed_on date,
    signed_by text,
    published_by text NOT NULL,
    reason text NOT NULL,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.release IS 'what was released';
CREATE INDEX IF NOT EXISTS release_0 ON read_5.release (ledger, plan, period);
CREATE INDEX IF NOT EXISTS release_ended ON read_5.release (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.release_section (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    plan text NOT NULL,
    period text NOT NULL,
    edition bigint NOT NULL,
    number bigint NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.release_section IS 'what releases say';
CREATE INDEX IF NOT EXISTS release_section_0 ON read_5.release_section (ledger, plan, period);
CREATE INDEX IF NOT EXISTS release_section_ended ON read_5.release_section (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.release_address (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    plan text NOT NULL,
    period text NOT NULL,
    edition bigint NOT NULL,
    url text NOT NULL,
    shown_on date NOT NULL,
    index_number text,
    content text,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.release_address IS 'where releases are shown';
CREATE INDEX IF NOT EXISTS release_address_0 ON read_5.release_address (ledger, plan, period);
CREATE INDEX IF NOT EXISTS release_address_ended ON read_5.release_address (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.release_file (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    plan text NOT NULL,
    period text NOT NULL,
    edition bigint NOT NULL,
    form text NOT NULL,
    sha256 text NOT NULL,
    bytes bigint NOT NULL,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.release_file IS 'files of releases, by their hashes';
CREATE INDEX IF NOT EXISTS release_file_0 ON read_5.release_file (ledger, plan, period);
CREATE INDEX IF NOT EXISTS release_file_ended ON read_5.release_file (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.late_record (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    event text NOT NULL,
    type text NOT NULL,
    on_date date NOT NULL,
    recorded_on date NOT NULL,
    township text,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.late_record IS 'facts recorded in another month than they are of, or long after';
CREATE INDEX IF NOT EXISTS late_record_0 ON read_5.late_record (ledger, stream);
CREATE INDEX IF NOT EXISTS late_record_1 ON read_5.late_record (ledger, on_date);
CREATE INDEX IF NOT EXISTS late_record_ended ON read_5.late_record (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.standard (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    kind text NOT NULL,
    area text,
    amount_fen bigint NOT NULL,
    effective_from date NOT NULL,
    adopted_on date NOT NULL,
    document_number text NOT NULL,
    authority text NOT NULL,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.standard IS 'standards per person and month, with effect from';
CREATE INDEX IF NOT EXISTS standard_0 ON read_5.standard (ledger, kind);
CREATE INDEX IF NOT EXISTS standard_ended ON read_5.standard (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.raise_standard (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    batch text NOT NULL,
    kind text NOT NULL,
    area text,
    effective_from date NOT NULL,
    go_live_month text NOT NULL,
    implemented_on date NOT NULL,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.raise_standard IS 'standards that a raise put into the payroll';
CREATE INDEX IF NOT EXISTS raise_standard_ended ON read_5.raise_standard (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.arrears_batch (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    batch text NOT NULL,
    programme text NOT NULL,
    lines bigint NOT NULL,
    amount_fen bigint NOT NULL,
    approved_on date NOT NULL,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.arrears_batch IS 'approved arrears lists of a raise';
CREATE INDEX IF NOT EXISTS arrears_batch_ended ON read_5.arrears_batch (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.village (
    ledger text NOT NULL,
    stream text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    village text NOT NULL,
    township text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    PRIMARY KEY (ledger, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.village IS 'villages and communities';
CREATE INDEX IF NOT EXISTS village_0 ON read_5.village (ledger, village);
CREATE INDEX IF NOT EXISTS village_ended ON read_5.village (ledger, known_to) WHERE known_to <> 9223372036854775807;
CREATE TABLE IF NOT EXISTS read_5.finding (
    ledger text NOT NULL,
    finding text NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL DEFAULT 9223372036854775807,
    n integer NOT NULL,
    rule text NOT NULL,
    severity text NOT NULL,
    subject text NOT NULL,
    key text NOT NULL,
    what text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    on_date date NOT NULL,
    position bigint NOT NULL,
    source text NOT NULL,
    amount_fen bigint,
    township text,
    undecidable boolean NOT NULL,
    PRIMARY KEY (ledger, finding, known_from, n)
) WITH (fillfactor = 85);
COMMENT ON TABLE read_5.finding IS 'findings: what breaks a rule of law, as known';
CREATE TABLE IF NOT EXISTS read_5.finding_checkpoint (
    ledger text NOT NULL,
    read_model text NOT NULL,
    position bigint NOT NULL,
    changed bigint NOT NULL DEFAULT 0,
    halted text,
    halted_at timestamptz,
    PRIMARY KEY (ledger, read_model)
);
CREATE INDEX IF NOT EXISTS finding_rule ON read_5.finding (ledger, rule, subject);
CREATE INDEX IF NOT EXISTS finding_subject ON read_5.finding (ledger, subject);
CREATE INDEX IF NOT EXISTS finding_position ON read_5.finding (ledger, position);
CREATE INDEX IF NOT EXISTS finding_known ON read_5.finding (ledger, known_from);
CREATE INDEX IF NOT EXISTS finding_ended ON read_5.finding (ledger, known_to) WHERE known_to <> 9223372036854775807;
