//! A limit of the size of a running process's files: SQLite's writes fail beyond it.

use std::process::Command;

/// Sets the most bytes that a file of the process may have. `None` lifts the limit. Only the soft limit changes, so no
/// right is needed to raise it again. Tells whether the process still ran.
pub(crate) fn limit_files(process: u32, bytes: Option<u64>) -> bool {
    let limit = bytes.map_or_else(|| "unlimited".to_owned(), |bytes| bytes.to_string());
    let mut prlimit = Command::new("prlimit");
    prlimit.args(["--pid", &process.to_string(), &format!("--fsize={limit}:")]);
    let output = prlimit
        .output()
        .expect("this proof needs prlimit, of the package util-linux");
    output.status.success()
}

#[cfg(test)]
mod tests {
    use std::{fs, process::Stdio};

    use super::*;

    /// Writes a file each time that it reads a line, and says whether it could.
    const WRITER: &str = "trap '' XFSZ; while read name; do \
         if (echo text > \"$name\") 2>/dev/null; then echo written; else echo refused; fi; done";

    #[test]
    fn a_running_process_writes_nothing_until_its_limit_is_lifted() {
        use std::io::{BufRead as _, BufReader, Write as _};
        let folder = tempfile::tempdir().unwrap();
        let mut writer = Command::new("/bin/sh")
            .args(["-c", WRITER])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut orders = writer.stdin.take().unwrap();
        let mut answers = BufReader::new(writer.stdout.take().unwrap()).lines();
        let mut write = |name: &str| {
            writeln!(orders, "{}", folder.path().join(name).display()).unwrap();
            answers.next().unwrap().unwrap()
        };
        assert_eq!(write("before"), "written");
        assert!(limit_files(writer.id(), Some(0)));
        assert_eq!(write("during"), "refused");
        assert!(limit_files(writer.id(), None));
        assert_eq!(write("after"), "written");
        drop(orders);
        writer.wait().unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
    }
}
