-- Read models live in a schema of their version (read_1, read_2 …), so that old ones can serve while
-- new ones are built. `read` says which version serves. What 0.1.0 kept in `read` is version 1.

DO $$ BEGIN
    IF to_regclass('read.checkpoint') IS NOT NULL THEN
        ALTER SCHEMA read RENAME TO read_1;
    END IF;
END $$;

CREATE SCHEMA IF NOT EXISTS read;
GRANT USAGE ON SCHEMA read TO PUBLIC;

CREATE TABLE IF NOT EXISTS read.serving (
    version  integer NOT NULL,
    since    timestamptz NOT NULL DEFAULT now(),
    program  text NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS serving_one ON read.serving ((true));
COMMENT ON TABLE read.serving IS 'one row: the version of the read models that answers, since when, by which program';
GRANT SELECT ON read.serving TO PUBLIC;

INSERT INTO read.serving (version, program)
    SELECT 1, '0.1.0' WHERE to_regclass('read_1.checkpoint') IS NOT NULL
    ON CONFLICT DO NOTHING;

DO $$ BEGIN
    IF to_regclass('read_1.rebuilt') IS NOT NULL THEN
        ALTER TABLE read_1.rebuilt SET SCHEMA read;
    END IF;
END $$;

CREATE TABLE IF NOT EXISTS read.rebuilt (
    number       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    switched_at  timestamptz NOT NULL DEFAULT now(),
    read_models  text[] NOT NULL,
    differences  bigint NOT NULL
);
ALTER TABLE read.rebuilt ADD COLUMN IF NOT EXISTS version integer NOT NULL DEFAULT 1;
COMMENT ON TABLE read.rebuilt IS 'each switch to rebuilt tables, and how many rows differed that people accepted';
GRANT SELECT ON read.rebuilt TO PUBLIC;
