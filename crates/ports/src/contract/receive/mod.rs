//! The rules of receiving.
//!
//! [`receive_contract!`](crate::receive_contract) makes a test of each. A rule is an async function of a
//! [`ReceiveWorld`]: two orgs with two numbers each, in a store that received nothing yet.

pub mod events;
pub mod journal;
pub mod queue;
mod world;

pub use world::{
    ALL, ReceiveWorld, Side, echo, fact, item, known, named, of_message, of_status, phone, refused,
    reported, says, status, text, user, whole, wrote,
};

/// Makes a test of every rule that a store must keep when it receives.
///
/// Takes an expression that gives a future of an empty `Arc<dyn Store>` and `Arc<dyn ReceiveStore>` over one
/// database, and of something to keep alive as long as they are used (`()` for nothing). It is evaluated once a
/// test. The caller needs tokio with its macros as a dev-dependency.
///
/// ```
/// # use std::sync::Arc;
/// # use wabakit_ports::{memory::MemoryStore, receive_contract, store::{ReceiveStore, Store}};
/// receive_contract!(async {
///     let store = Arc::new(MemoryStore::default());
///     (store.clone() as Arc<dyn Store>, store as Arc<dyn ReceiveStore>, ())
/// });
/// ```
#[macro_export]
macro_rules! receive_contract {
    ($make:expr) => {
        $crate::receive_contract! { @rules $make;
            journal {
                what_was_appended_comes_back_byte_for_byte
                batches_come_whole_and_oldest_first
                deliveries_that_wait_are_counted_no_further_than_asked
                splitting_queues_changes_and_keeps_deliveries
                a_batch_is_split_once
                only_one_of_twenty_splits_a_batch
                twenty_appends_at_once_lose_nothing
                the_operator_pages_deliveries_newest_first
                rejections_add_up
                rejections_counted_at_once_all_count
            }
            queue {
                changes_wait_in_their_partition_whole_and_in_order
                limits_of_the_queue_hold
                no_lane_starves_behind_a_long_one
                the_lane_that_came_last_comes_last
                applying_takes_a_change_off_the_queue
                a_change_that_left_the_queue_stops_the_whole_batch
                only_one_of_twenty_applies_a_change
                twenty_appliers_apply_each_change_once
                routes_are_of_active_numbers_and_their_wabas
            }
            events {
                events_come_back_whole_and_are_counted_from_one
                applied_events_tell_what_was_written
                the_log_is_read_in_parts_from_a_cursor
                a_cursor_before_what_is_kept_is_gone
                logs_of_several_orgs_grow_at_once_without_gap_or_repeat
                no_listener_passes_an_event_that_commits_later
            }
        }
    };
    (@rules $make:expr; $($context:ident { $($rule:ident)* })*) => {$($(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $rule() {
            let (connect, store, _alive) = $make.await;
            let world = $crate::contract::receive::ReceiveWorld::new(connect, store).await;
            ::std::boxed::Box::pin($crate::contract::receive::$context::$rule(world)).await;
        }
    )*)*};
}
