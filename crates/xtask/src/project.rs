//! The project's folders, and how programs are run.

use std::env;
use std::io::{self, BufRead as _, BufReader, Read};
use std::os::fd::AsFd as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

/// A result whose error is one sentence for a person.
pub(crate) type Result<T> = std::result::Result<T, String>;

/// The checkout that this program works on.
#[derive(Debug)]
pub(crate) struct Project {
    root: PathBuf,
}

impl Project {
    /// Finds the checkout. Cargo names it at run time: checkouts that share a target folder may share this program.
    pub(crate) fn here() -> Self {
        let manifest = env::var_os("CARGO_MANIFEST_DIR");
        let manifest = manifest.map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
        let root = manifest.ancestors().nth(2).unwrap_or(&manifest);
        Self {
            root: root.to_owned(),
        }
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    pub(crate) fn dashboard(&self) -> PathBuf {
        self.path("apps/dashboard")
    }

    /// Returns the folder of this program's own files, and creates it if it is missing.
    pub(crate) fn scratch(&self) -> Result<PathBuf> {
        let folder = built("xtask-scratch")?;
        std::fs::create_dir_all(&folder)
            .map_err(|error| format!("{} cannot be made: {error}", folder.display()))?;
        Ok(folder)
    }

    /// Makes a command of the cargo that runs this program, in the workspace's root.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.current_dir(&self.root);
        // Removes the variables that cargo set for this program. Build scripts that read them, such as ring's, would
        // run again, and most of the workspace would be rebuilt whenever plain cargo follows an xtask command, or the
        // other way round.
        for (name, _) in env::vars_os() {
            let of_this_program = name.to_str().is_some_and(|name| {
                name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
            });
            if of_this_program {
                command.env_remove(name);
            }
        }
        // What speeds up a later compilation makes the first one a fifth slower. A checkout in which nobody compiles by
        // hand does without.
        if env::var_os("CARGO_INCREMENTAL").is_none() && !is_compiled_by_hand() {
            command.env("CARGO_INCREMENTAL", "0");
        }
        command
    }

    /// Makes an npm command in the dashboard's folder.
    pub(crate) fn npm(&self) -> Command {
        let mut command = Command::new("npm");
        command.current_dir(self.dashboard());
        command
    }
}

/// Finds a program that cargo built beside this one, in the current target folder.
pub(crate) fn built(name: &str) -> Result<PathBuf> {
    env::current_exe()
        .map(|this| this.with_file_name(name))
        .map_err(|error| format!("this program's own path is unknown: {error}"))
}

/// Tells whether the target folder has files of an incremental compilation, other than this program's own.
fn is_compiled_by_hand() -> bool {
    let folder = built("incremental").and_then(|folder| {
        folder
            .read_dir()
            .map_err(|error| format!("{} cannot be read: {error}", folder.display()))
    });
    let mut names = folder.into_iter().flatten().flatten();
    names.any(|entry| !entry.file_name().as_encoded_bytes().starts_with(b"xtask"))
}

/// Finds a program that `cargo build --release` built, in the same target folder.
pub(crate) fn built_for_release(name: &str) -> Result<PathBuf> {
    let here = built(name)?;
    let target = here.ancestors().nth(2).unwrap_or(&here);
    Ok(target.join("release").join(name))
}

/// Finds the first of `names` that is a file on the `PATH`.
pub(crate) fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)))
        .find(|program| program.is_file())
}

/// Runs a command to its end. Its output goes to standard error.
pub(crate) fn succeed(command: &mut Command) -> Result<()> {
    let stderr = io::stderr().as_fd().try_clone_to_owned();
    let stderr = stderr.map_err(|error| format!("standard error cannot be shared: {error}"))?;
    let status = command.stdin(Stdio::null()).stdout(stderr).status();
    let status = status.map_err(|error| format!("{} cannot run: {error}", name(command)))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{} failed ({status})", name(command)))
    }
}

/// Runs a command to its end, and returns its standard output.
pub(crate) fn output(command: &mut Command) -> Result<Vec<u8>> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output();
    let output = output.map_err(|error| format!("{} cannot run: {error}", name(command)))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(format!("{} failed ({})", name(command), output.status))
    }
}

/// Runs a command to its end. Prints each line of its standard output and standard error at once, and passes it to
/// `read`.
pub(crate) fn succeed_reading(command: &mut Command, read: impl FnMut(&str) + Send) -> Result<()> {
    command.stdin(Stdio::null());
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = child.map_err(|error| format!("{} cannot run: {error}", name(command)))?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let read = Mutex::new(read);
    let each = |line: &str| {
        if let Ok(mut read) = read.lock() {
            read(line);
        }
    };
    std::thread::scope(|scope| {
        let errors = scope.spawn(|| {
            lines(stderr, |line| {
                eprintln!("{line}");
                each(line);
            })
        });
        let output = lines(stdout, |line| {
            println!("{line}");
            each(line);
        });
        output.and(errors.join().unwrap_or(Ok(())))
    })
    .map_err(|error| format!("{}: {error}", name(command)))?;
    let status = child
        .wait()
        .map_err(|error| format!("{}: {error}", name(command)))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{} failed ({status})", name(command)))
    }
}

/// Gives each line of a stream to `read`, until the stream ends.
fn lines(stream: Option<impl Read>, mut read: impl FnMut(&str)) -> io::Result<()> {
    let Some(stream) = stream else { return Ok(()) };
    for line in BufReader::new(stream).split(b'\n') {
        read(&String::from_utf8_lossy(&line?));
    }
    Ok(())
}

/// Returns the command as a person would type it, without its folder.
fn name(command: &Command) -> String {
    let program = Path::new(command.get_program())
        .file_name()
        .unwrap_or_default();
    std::iter::once(program)
        .chain(command.get_args())
        .map(|part| part.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}
