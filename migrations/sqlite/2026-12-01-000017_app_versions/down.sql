ALTER TABLE meta_apps DROP COLUMN graph_version;
ALTER TABLE meta_apps DROP COLUMN former_until;
ALTER TABLE meta_apps DROP COLUMN former_secret;
