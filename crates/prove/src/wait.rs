//! Waiting for a condition, with a deadline.

use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(45);
const PAUSE: Duration = Duration::from_millis(15);

/// Asks until there is an answer, and returns it.
///
/// # Panics
/// After 45 seconds. The message says that `what` never came.
pub async fn until<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        tokio::time::sleep(PAUSE).await;
    }
}
