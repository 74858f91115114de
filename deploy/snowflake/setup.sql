-- What an administrator runs once, so that customer-analytics may read (and, where it should, write) in an account.
--
-- Before: put your names in place of SALES (database), PUBLIC (schema of your tables) and of the tables, and the public key
-- of a new key pair in place of MIIB... (docs/data-sources.md says how to make one). Lines that begin with "--  " and a
-- capital word are for those who want what the line above them says. All of it can be run again, but for two statements of
-- part 7.
-- After: npm run doctor says what is missing, in the same words.

USE ROLE ACCOUNTADMIN;

-- 1. A role with nothing but what is granted below.
CREATE ROLE IF NOT EXISTS CUSTOMER_ANALYTICS COMMENT = 'customer-analytics: the service';
GRANT ROLE CUSTOMER_ANALYTICS TO ROLE SYSADMIN;

-- 2. A virtual warehouse of its own: it sleeps after a minute without statements, and stops when its month's credits are used up.
-- A statement that the service gives up is cancelled; the timeout is for what it could not cancel.
CREATE RESOURCE MONITOR IF NOT EXISTS CUSTOMER_ANALYTICS_MONITOR WITH
  CREDIT_QUOTA = 20
  FREQUENCY = MONTHLY
  START_TIMESTAMP = IMMEDIATELY
  TRIGGERS ON 80 PERCENT DO NOTIFY ON 100 PERCENT DO SUSPEND;
CREATE WAREHOUSE IF NOT EXISTS CUSTOMER_ANALYTICS_WH WITH
  WAREHOUSE_SIZE = XSMALL
  AUTO_SUSPEND = 60
  AUTO_RESUME = TRUE
  INITIALLY_SUSPENDED = TRUE
  RESOURCE_MONITOR = CUSTOMER_ANALYTICS_MONITOR
  STATEMENT_TIMEOUT_IN_SECONDS = 900;
GRANT USAGE ON WAREHOUSE CUSTOMER_ANALYTICS_WH TO ROLE CUSTOMER_ANALYTICS;

-- 3. A user for a service: it has no password and cannot sign in to web pages. Without secondary roles it has the role above
-- and no other. The key is the public one, without its first and last line.
CREATE USER IF NOT EXISTS CUSTOMER_ANALYTICS
  TYPE = SERVICE
  DEFAULT_ROLE = CUSTOMER_ANALYTICS
  DEFAULT_SECONDARY_ROLES = ()
  DEFAULT_WAREHOUSE = CUSTOMER_ANALYTICS_WH
  COMMENT = 'customer-analytics: the service';
ALTER USER CUSTOMER_ANALYTICS SET RSA_PUBLIC_KEY = 'MIIB...';
GRANT ROLE CUSTOMER_ANALYTICS TO USER CUSTOMER_ANALYTICS;
-- From known addresses only (a programmatic access token needs such a policy):
--  ALTER USER CUSTOMER_ANALYTICS SET NETWORK_POLICY = OFFICE_ONLY;

-- 4. Reading: each table or view that the catalog names, and no other.
GRANT USAGE ON DATABASE SALES TO ROLE CUSTOMER_ANALYTICS;
GRANT USAGE ON SCHEMA SALES.PUBLIC TO ROLE CUSTOMER_ANALYTICS;
--  GRANT SELECT ON TABLE SALES.PUBLIC.CRM_CLIENTS TO ROLE CUSTOMER_ANALYTICS;
--  GRANT SELECT ON VIEW SALES.PUBLIC.ACTIVE_SUBSCRIPTIONS TO ROLE CUSTOMER_ANALYTICS;

-- 5. Writing. Tables that the service makes itself (no catalog, or no table named in it) are its own:
GRANT CREATE TABLE ON SCHEMA SALES.PUBLIC TO ROLE CUSTOMER_ANALYTICS;
-- where they were made by somebody else, or customers of a table of yours are to be changed over the API:
--  GRANT INSERT, UPDATE, DELETE ON TABLE SALES.PUBLIC.CRM_CLIENTS TO ROLE CUSTOMER_ANALYTICS;

-- 6. A schema for what imports put down on their way, and for their records. Without it all works but imports.
CREATE SCHEMA IF NOT EXISTS SALES.SERVICE;
GRANT USAGE, CREATE TABLE, CREATE STAGE ON SCHEMA SALES.SERVICE TO ROLE CUSTOMER_ANALYTICS;

-- 7. One tenant's rows for one role, whatever statement is run: for instances that share tables, each with a role of its own.
-- INSERT and ALTER TABLE are run once: again, the first adds its row a second time, and the second fails.
--  CREATE SCHEMA IF NOT EXISTS SALES.TENANCY;
--  CREATE TABLE IF NOT EXISTS SALES.TENANCY.ROLES_OF_TENANTS (ROLE_NAME VARCHAR NOT NULL, TENANT VARCHAR NOT NULL);
--  INSERT INTO SALES.TENANCY.ROLES_OF_TENANTS (ROLE_NAME, TENANT) VALUES ('CUSTOMER_ANALYTICS', 'acme');
--  CREATE ROW ACCESS POLICY IF NOT EXISTS SALES.TENANCY.OWN_ROWS AS (OF_TENANT VARCHAR) RETURNS BOOLEAN ->
--    EXISTS (SELECT 1 FROM SALES.TENANCY.ROLES_OF_TENANTS R WHERE R.TENANT = OF_TENANT AND R.ROLE_NAME = CURRENT_ROLE());
--  ALTER TABLE SALES.PUBLIC.CRM_CLIENTS ADD ROW ACCESS POLICY SALES.TENANCY.OWN_ROWS ON (TENANT_ID);

-- Later
--
-- A new key: set the second one, give it to the service (SNOWFLAKE_PRIVATE_KEY_PATH), then take the first one away. The
-- next time the other way round.
--  ALTER USER CUSTOMER_ANALYTICS SET RSA_PUBLIC_KEY_2 = 'MIIB...';
--  ALTER USER CUSTOMER_ANALYTICS UNSET RSA_PUBLIC_KEY;
-- A user that is disabled, or locked after refused sign-ins:
--  ALTER USER CUSTOMER_ANALYTICS SET DISABLED = FALSE;
--  ALTER USER CUSTOMER_ANALYTICS SET MINS_TO_UNLOCK = 0;
-- A virtual warehouse that does not wake, does not sleep, or has used up its credits:
--  ALTER WAREHOUSE CUSTOMER_ANALYTICS_WH SET AUTO_RESUME = TRUE;
--  ALTER WAREHOUSE CUSTOMER_ANALYTICS_WH SET AUTO_SUSPEND = 60;
--  ALTER RESOURCE MONITOR CUSTOMER_ANALYTICS_MONITOR SET CREDIT_QUOTA = 40;
