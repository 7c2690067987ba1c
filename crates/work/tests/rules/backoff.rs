use std::time::Duration;

use wabakit_work::Backoff;

const BACKOFF: Backoff = Backoff::seconds(1, 60);

#[test]
fn waits_double_up_to_the_longest() {
    for (failures, seconds) in [(0, 1), (1, 1), (2, 2), (5, 16), (7, 60), (u32::MAX, 60)] {
        assert_eq!(BACKOFF.longest_wait(failures).as_secs(), seconds);
    }
    let endless = Backoff::new(Duration::MAX, Duration::MAX);
    assert_eq!(endless.wait(u32::MAX, 1.0), Duration::MAX);
}

#[test]
fn jitter_takes_a_share_of_the_wait_and_bad_randomness_takes_no_more() {
    for (unit, millis) in [
        (0.0, 0),
        (0.25, 1_000),
        (1.0, 4_000),
        (-3.0, 0),
        (7.0, 4_000),
        (f64::NAN, 4_000),
    ] {
        assert_eq!(BACKOFF.wait(3, unit), Duration::from_millis(millis));
    }
}
