//! The rules of sending.
//!
//! [`outbox_contract!`](crate::outbox_contract) makes a test of each. A rule is an async function of an
//! [`OutboxWorld`]: two organisations with two numbers each, in a store that has sent nothing.

pub mod dispatch;
pub mod due;
pub mod leases;
pub mod lists;
pub mod order;
pub mod outcomes;
pub mod stuck;
pub mod submit;
pub mod tenants;
pub mod uploads;
mod world;

pub use world::{Begun, EVERY, OutboxWorld, named, token, with_tokens};

/// Makes a test of every rule that a store must keep for sending.
///
/// Takes an expression that gives a future of an empty `Arc<dyn Store>`, `Arc<dyn ReceiveStore>` and `Arc<dyn
/// OutboxStore>` over one database, and of a guard to keep alive while they are used (`()` for none). It is evaluated
/// once for each test. The caller needs tokio with its macros as a dev-dependency.
#[macro_export]
macro_rules! outbox_contract {
    ($make:expr) => {
        $crate::outbox_contract! { @rules $make;
            submit {
                a_submitted_message_comes_back_whole
                calls_are_answered_in_their_order
                a_group_is_written_to
                a_message_that_is_refused_stops_every_call
                a_call_is_recorded_once_and_its_repeat_not_again
                a_repeated_call_is_answered_as_the_first
                a_call_that_comes_twice_at_once_is_queued_once
                only_one_of_twenty_repeats_is_queued
                calls_at_once_leave_no_gap_in_the_log
                a_thousand_messages_of_one_call_are_queued_in_order
                names_of_calls_are_forgotten_after_their_time
            }
            due {
                what_is_due_comes_whole_and_in_order
                what_is_early_expired_or_no_longer_queued_is_not_due
                numbers_have_queues_of_their_own
                a_higher_priority_comes_first_however_young
                flows_take_turns_in_rounds
                the_turn_goes_on_after_the_flow_that_was_last
                what_is_in_work_is_left_out
                a_message_that_is_put_off_waits_and_says_why
                a_number_that_is_another_persons_by_now_is_told
            }
            order {
                one_message_of_a_conversation_is_due_at_a_time
                an_unknown_outcome_ends_the_turn
                the_order_is_that_of_the_commits_however_clocks_differ
                a_scheduled_message_takes_its_place_at_its_time
                a_message_that_is_sent_again_by_hand_is_the_last
                a_higher_priority_overtakes_within_a_conversation
                a_message_that_is_tried_again_holds_those_behind_it_for_a_minute
                what_paces_a_person_holds_all_of_its_messages
                a_thousand_for_one_person_do_not_hold_up_others
                what_is_asked_when_it_goes_is_told_as_it_stands
            }
            leases {
                a_queue_has_one_owner_until_its_lease_ends
                the_epoch_grows_when_the_owner_changes_and_only_then
                a_queue_that_is_given_back_is_free
                only_one_of_twenty_takes_a_queue
                a_lease_tells_of_its_number
                customers_messages_are_counted_and_nothing_else
                idle_queues_have_work_and_no_owner
                a_block_is_noted_only_under_its_epoch
                a_paused_queue_is_recorded
            }
            dispatch {
                a_message_that_is_begun_says_so
                nothing_is_begun_twice
                each_message_is_begun_by_one_of_twenty
                only_the_owner_begins_anything
                only_the_numbers_own_queued_messages_are_begun
                one_numbers_lost_queue_stops_no_other
                what_a_former_owner_began_is_orphaned
                what_is_past_its_time_is_found
                recent_sends_of_conversations_are_told
            }
            outcomes {
                an_answer_is_written_and_told
                a_refusal_is_kept_with_its_reason
                what_is_tried_again_waits_and_says_why
                a_status_with_our_id_proves_before_the_answer
                a_proof_stops_what_is_queued_again
                an_attempt_in_doubt_is_remembered
                a_straggler_of_another_marking_changes_nothing
                a_second_acceptance_is_kept_as_a_duplicate
                a_status_that_waits_is_applied_when_the_answer_names_it
                an_answer_to_what_we_sent_names_it_by_our_id
                metas_answer_teaches_who_the_recipient_is
                a_retry_begins_anew_under_another_name
                a_name_that_another_message_has_stays_with_it
                an_act_that_is_refused_changes_nothing
                cancel_and_dispatch_at_once_have_one_winner
            }
            lists {
                sent_messages_are_paged_newest_first_and_filtered
                each_status_lists_the_messages_that_show_it
                addressees_are_known_by_any_key_in_their_order
                a_queue_tells_what_waits_and_why
                counts_of_a_queue_end_where_asked
            }
            stuck {
                what_meta_took_long_ago_and_has_not_arrived_is_found
                what_has_arrived_or_failed_is_not_stuck
                what_is_told_late_does_not_bring_back_what_arrived
                a_message_that_is_sent_again_is_stuck_by_its_last_attempt
                another_org_sees_nothing_that_is_stuck
            }
            uploads {
                an_upload_comes_back_whole
                the_same_file_is_kept_once
                one_of_twenty_same_uploads_is_kept
                metas_id_of_a_file_is_kept_for_each_number
                a_file_of_our_own_is_stored_already
                an_erased_person_takes_their_messages_out_of_the_queue
            }
            tenants {
                another_org_sees_nothing_of_an_outbox
                another_org_changes_nothing_of_an_outbox
            }
        }
    };
    (@rules $make:expr; $($context:ident { $($rule:ident)* })*) => {$($(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $rule() {
            let (connect, receive, store, _alive) = $make.await;
            let world = $crate::outbox::OutboxWorld::new(connect, receive, store).await;
            ::std::boxed::Box::pin($crate::outbox::$context::$rule(world)).await;
        }
    )*)*};
}
