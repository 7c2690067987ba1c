DROP TABLE template_sync_pages;
DROP TABLE template_syncs;
DROP TABLE template_history;
DROP TABLE templates;
