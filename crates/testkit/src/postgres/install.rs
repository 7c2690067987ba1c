//! Finds PostgreSQL, and the user that may run it.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// A user that is not root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct User {
    pub(super) uid: u32,
    pub(super) gid: u32,
}

/// Finds the folder with `initdb` and `postgres`. Debian keeps them off the `PATH`, in a folder for each version; the
/// newest is preferred.
pub(super) fn bin_folder() -> Option<PathBuf> {
    let mut debian: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    debian.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    let on_path = env::var_os("PATH").unwrap_or_default();
    debian
        .into_iter()
        .map(|(_, folder)| folder)
        .chain(env::split_paths(&on_path))
        .find(|folder| is_complete(folder))
}

fn is_complete(folder: &Path) -> bool {
    ["initdb", "postgres"]
        .iter()
        .all(|program| folder.join(program).is_file())
}

/// Finds the user `postgres`, which the package creates, in the text of `/etc/passwd`.
pub(super) fn postgres_user(passwd: &str) -> Option<User> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next()? == "postgres").then_some(())?;
        let _password = fields.next()?;
        Some(User {
            uid: fields.next()?.parse().ok()?,
            gid: fields.next()?.parse().ok()?,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::{User, postgres_user};

    #[test]
    fn only_the_line_of_postgres_counts() {
        let passwd = "root:x:0:0:root:/root:/bin/sh\n\
                      postgresql:x:7:8::/:/bin/sh\n\
                      postgres:x:101:104:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash\n";
        assert_eq!(postgres_user(passwd), Some(User { uid: 101, gid: 104 }));
        assert_eq!(postgres_user("root:x:0:0:root:/root:/bin/sh\n"), None);
        assert_eq!(postgres_user("postgres:x\n"), None);
    }
}
