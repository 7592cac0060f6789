-- One person, one pseudonym: what older releases called otherwise, since the number was typed
-- otherwise; and by whom a person is found in what was told of them.

CREATE TABLE ledger.person_alias (
    ledger     text NOT NULL,
    old        text NOT NULL,
    canonical  text NOT NULL,
    PRIMARY KEY (ledger, old)
);
CREATE INDEX person_alias_canonical ON ledger.person_alias (ledger, canonical);
COMMENT ON TABLE ledger.person_alias IS 'pseudonyms under which entries of older releases name a person who has another one';
CREATE TRIGGER person_alias_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.person_alias
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
DO $$ DECLARE who text; BEGIN
    FOR who IN SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END
        FROM pg_class, aclexplode(relacl)
        WHERE pg_class.oid = 'ledger.parked'::regclass AND privilege_type = 'SELECT'
    LOOP
        EXECUTE 'GRANT SELECT ON ledger.person_alias TO ' || who;
    END LOOP;
END $$;

ALTER TABLE ledger.ledger ADD COLUMN aliases_due boolean NOT NULL DEFAULT false;
UPDATE ledger.ledger SET aliases_due = position > 0;
COMMENT ON COLUMN ledger.ledger.aliases_due IS 'whether the pseudonyms of persons have still to be looked through: after an upgrade, a restore, or keys that came back';

CREATE INDEX sealed_part_person ON ledger.sealed_part (ledger, person, position);
