//! Stores the world in a file: as a whole, atomically, and before the answer that depends on it.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Seed, World};
use crate::App;

/// The reason why the state cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The folder or the file cannot be read or written.
    #[error("the sandbox's state cannot be kept in {path}: {source}")]
    Io {
        /// The folder or file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// The file is not a state of the sandbox.
    #[error("{path} is not a sandbox state ({source}); move it away to begin anew")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The fault.
        source: serde_json::Error,
    },
    /// The system gave no randomness for the key.
    #[error("the system gave no randomness")]
    Random,
}

/// The world and its file.
pub(crate) struct Store {
    inner: Mutex<Inner>,
    /// The newest version in the file. Locked while the file is written.
    written: Mutex<u64>,
    file: PathBuf,
    seed: Seed,
    apps: Vec<App>,
}

struct Inner {
    world: World,
    version: u64,
}

impl Store {
    /// Opens the state in `dir`, or begins one from the seed. Registers `apps` in both cases.
    pub(crate) fn open(dir: &Path, seed: Seed, apps: Vec<App>) -> Result<Self, StateError> {
        let at = |path: &Path| {
            let path = path.to_owned();
            move |source| StateError::Io { path, source }
        };
        fs::create_dir_all(dir).map_err(at(dir))?;
        let file = dir.join("state.json");
        let world = match fs::read(&file) {
            Ok(bytes) => {
                let mut world: World =
                    serde_json::from_slice(&bytes).map_err(|source| StateError::Damaged {
                        path: file.clone(),
                        source,
                    })?;
                world
                    .apps
                    .extend(apps.iter().map(|app| (app.id.clone(), app.clone())));
                world.name_templates();
                world
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                seed.begin(&apps).map_err(|_| StateError::Random)?
            }
            Err(error) => return Err(at(&file)(error)),
        };
        let inner = Mutex::new(Inner { world, version: 1 });
        let store = Self {
            inner,
            written: Mutex::new(0),
            file,
            seed,
            apps,
        };
        store.write().map_err(at(&store.file))?;
        Ok(store)
    }

    /// Reads the world.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&lock(&self.inner).world)
    }

    /// Changes the world. Call [`Store::flush`] before you answer.
    pub(crate) fn change<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        let mut inner = lock(&self.inner);
        inner.version += 1;
        act(&mut inner.world)
    }

    /// Begins anew from the seed and the configured apps. The apps' callbacks stay: the receiving program has not
    /// moved.
    pub(crate) fn reset(&self) -> Result<(), ring::error::Unspecified> {
        let mut fresh = self.seed.begin(&self.apps)?;
        self.change(|world| {
            for (id, mut subscription) in std::mem::take(&mut world.app_subscriptions) {
                if fresh.apps.contains_key(&id) {
                    subscription.fields = None;
                    fresh.app_subscriptions.insert(id, subscription);
                }
            }
            *world = fresh;
        });
        Ok(())
    }

    /// Waits until all changes so far are in the file. Simultaneous changes are written once.
    pub(crate) async fn flush(self: &Arc<Self>) -> io::Result<()> {
        let store = Arc::clone(self);
        tokio::task::spawn_blocking(move || store.write())
            .await
            .map_err(io::Error::other)?
    }

    /// Makes the error of a file that cannot be written.
    pub(crate) fn failure(&self, source: io::Error) -> StateError {
        StateError::Io {
            path: self.file.clone(),
            source,
        }
    }

    fn write(&self) -> io::Result<()> {
        let wanted = lock(&self.inner).version;
        let mut written = lock(&self.written);
        if *written >= wanted {
            return Ok(());
        }
        let (version, bytes) = {
            let inner = lock(&self.inner);
            (inner.version, serde_json::to_vec_pretty(&inner.world)?)
        };
        let temporary = self.file.with_extension("json.new");
        let mut file = File::create(&temporary)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        fs::rename(&temporary, &self.file)?;
        if let Some(folder) = self.file.parent() {
            File::open(folder)?.sync_all()?;
        }
        *written = version;
        Ok(())
    }
}

/// A panic under the lock leaves a consistent world, because acts check before they change.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
