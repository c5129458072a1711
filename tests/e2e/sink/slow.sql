-- SPDX-License-Identifier: MIT
-- While public.held has a row, every position that moves takes 0.1 s, and the last of so many records
-- does not come in.
CREATE TABLE public.held (records bigint);
CREATE FUNCTION public.slow() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF EXISTS (SELECT FROM public.held) THEN
        PERFORM pg_sleep(0.1);
    END IF;
    WHILE (SELECT sum(records) FROM absa.flow) >= (SELECT records FROM public.held) LOOP
        PERFORM pg_sleep(0.02);
    END LOOP;
    RETURN NEW;
END $$;
CREATE TRIGGER slow BEFORE UPDATE ON absa.kafka_position FOR EACH ROW EXECUTE FUNCTION public.slow();
