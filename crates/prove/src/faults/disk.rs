//! A small disk that can be filled: a tmpfs, which only root may mount.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    os::unix::{fs::MetadataExt as _, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
};

/// Mounts the disk, and unmounts it when standard input ends: when the proof does, however that happens.
const HOLDER: &str = r#"
mount -t tmpfs -o "size=$2" prove "$1" 2>/dev/null || exit 1
chown "$3" "$1"; chmod 700 "$1"
echo mounted
cat >/dev/null
umount -l "$1"
"#;
/// The room of the disk where it is not full.
const ROOM: &str = "2g";

/// A mounted disk. It is unmounted when this is dropped.
pub(crate) struct SmallDisk {
    folder: PathBuf,
    holder: Child,
    lifeline: Option<ChildStdin>,
}

impl SmallDisk {
    /// Mounts a disk on a new folder, for the owner of the folder above. `None` where this process may not mount.
    pub(crate) fn mount(folder: &Path) -> Option<Self> {
        let owner = fs::metadata(folder.parent().unwrap()).unwrap();
        fs::create_dir_all(folder).unwrap();
        let mut holder = Command::new("/bin/sh")
            .args(["-c", HOLDER, "prove-disk"])
            .arg(folder)
            .arg(ROOM)
            .arg(format!("{}:{}", owner.uid(), owner.gid()))
            // Ctrl-C signals the foreground's process group: the holder must survive it to unmount.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lifeline = holder.stdin.take();
        let mut said = String::new();
        let _ = BufReader::new(holder.stdout.take().unwrap()).read_line(&mut said);
        if said.trim() != "mounted" {
            let _ = holder.wait();
            return None;
        }
        Some(Self {
            folder: folder.to_owned(),
            holder,
            lifeline,
        })
    }

    /// Returns its folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Leaves no room. Tells whether that succeeded: somebody may take the room that is being taken away.
    pub(crate) fn fill(&self) -> bool {
        (0..50).any(|_| {
            let used = self.used();
            self.resize(&format!("{used}k"))
        })
    }

    /// Gives room again.
    pub(crate) fn clear(&self) {
        assert!(self.resize(ROOM), "the disk gets no room");
    }

    fn resize(&self, size: &str) -> bool {
        let options = format!("remount,size={size}");
        let mut mount = Command::new("mount");
        mount.args(["-o", &options]).arg(&self.folder);
        let output = mount.output();
        output.is_ok_and(|output| output.status.success())
    }

    /// Returns how much is used, in KiB: never 0, which would mean no limit.
    fn used(&self) -> u64 {
        let mut df = Command::new("df");
        let output = df.args(["-k", "--output=used"]).arg(&self.folder).output();
        let text = String::from_utf8(output.unwrap().stdout).unwrap();
        let used = text.lines().nth(1).map(|line| line.trim().parse());
        used.unwrap().unwrap_or(0_u64).max(4)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(self.lifeline.take());
        let _ = self.holder.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_takes_nothing_until_it_has_room_again() {
        let parent = tempfile::tempdir().unwrap();
        let Some(disk) = SmallDisk::mount(&parent.path().join("disk")) else {
            return;
        };
        let file = |name: &str| fs::write(disk.folder().join(name), vec![1; 100_000]);
        file("before").unwrap();
        assert!(disk.fill());
        let full = file("during").unwrap_err();
        assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
        disk.clear();
        file("after").unwrap();
        let folder = disk.folder().to_owned();
        drop(disk);
        assert_eq!(fs::read_dir(folder).unwrap().count(), 0);
    }
}
