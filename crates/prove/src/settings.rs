//! Settings that a server accepts in production, with a sandbox on this machine.

use std::{collections::BTreeMap, path::Path};

/// The Meta app of all proofs.
pub const APP_ID: &str = "880000000000002";

/// Returns the variables for `wabakit serve` on a free port. The secrets are useless elsewhere, and easy to find
/// where they should not be.
#[must_use]
pub fn settings(meta: &str, database_url: &str, data_dir: &Path) -> BTreeMap<String, String> {
    [
        ("PORT", "0"),
        ("META_APP_ID", APP_ID),
        ("META_APP_SECRET", "bdc365a9895df8add27cbff21beae678"),
        ("META_GRAPH_URL", meta),
        ("META_DIALOG_URL", meta),
        ("META_SDK_URL", &format!("{meta}/sdk.js")),
        ("WHATSAPP_VERIFY_TOKEN", "vt-7Qm2xK90pLw4Zr"),
        (
            "ENCRYPTION_KEY",
            "base64:QQsu5QZeD0iBaUSnnPRC6+K1P43rANFXQwuT3LZhGxg=",
        ),
        ("JWT_SECRET", "6H9BBzdZP-0sCmDVMPwO0vF1DdGxmakJ3P9OYaR2M6s"),
        ("DATABASE_URL", database_url),
        ("WABAKIT_DATA_DIR", &data_dir.display().to_string()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect()
}
