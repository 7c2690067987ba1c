-- The secret that an app had before, which signs webhooks for a while longer, and the app's own Graph version.
ALTER TABLE meta_apps ADD COLUMN former_secret bytea;
ALTER TABLE meta_apps ADD COLUMN former_until timestamptz;
ALTER TABLE meta_apps ADD COLUMN graph_version text;
