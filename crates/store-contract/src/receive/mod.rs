//! The rules of receiving.
//!
//! [`receive_contract!`](crate::receive_contract) makes a test of each. A rule is an async function of a
//! [`ReceiveWorld`]: two organisations with two numbers each, in a store that has received nothing.

pub mod acts;
pub mod connections;
pub mod erasure;
pub mod events;
pub mod journal;
pub mod lists;
pub mod management;
pub mod messages;
pub mod parking;
pub mod people;
pub mod queue;
pub mod storage;
pub mod templates;
pub mod tenants;
pub mod upkeep;
mod world;

pub use world::{
    ALL, ReceiveWorld, Side, echo, fact, item, known, named, of_message, of_status, phone, refused,
    reported, says, status, text, user, whole, wrote,
};

/// Makes a test of every rule that a store must keep for receiving.
///
/// Takes an expression that gives a future of an empty `Arc<dyn Store>` and `Arc<dyn ReceiveStore>` over one database,
/// and of a guard to keep alive while they are used (`()` for none). It is evaluated once for each test. The caller
/// needs tokio with its macros as a dev-dependency.
#[macro_export]
macro_rules! receive_contract {
    ($make:expr) => {
        $crate::receive_contract! { @rules $make;
            journal {
                an_appended_delivery_comes_back_byte_for_byte
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
                batches_of_several_orgs_at_once_neither_lock_up_nor_skip
                a_batch_that_needs_more_ids_than_there_are_is_refused
                routes_are_of_active_numbers_and_their_wabas
            }
            parking {
                parked_items_come_back_whole_and_newest_first
                an_item_is_parked_once_by_change_and_index
                due_items_come_oldest_first_with_their_change
                an_item_that_is_tried_again_goes
                an_item_that_fails_again_is_parked_again
                one_item_is_let_be_tried_again
                all_parked_items_are_let_be_tried_again
                a_homeless_item_is_retried_when_its_number_is_connected
                a_range_is_queued_again_in_steps
                a_range_leaves_queued_changes_in_their_place
                a_replayed_change_drops_its_parked_items
                a_discarded_item_is_gone_and_recorded
                changes_are_paged_newest_first_and_filtered
            }
            events {
                events_come_back_whole_and_are_counted_from_one
                applied_events_hold_the_written_rows
                the_log_is_read_in_parts_from_a_cursor
                a_cursor_before_the_oldest_event_is_gone
                logs_of_several_orgs_grow_at_once_without_gap_or_repeat
                no_listener_passes_an_event_that_commits_later
            }
            messages {
                a_message_comes_back_whole
                a_repeat_of_a_message_changes_nothing
                the_same_id_at_another_number_is_another_message
                a_large_batch_is_applied_whole
                statuses_in_every_order_end_the_same
                a_status_has_one_event_and_comes_back_whole
                statuses_of_a_groups_members_stand_beside_each_other
                a_status_waits_for_its_message
                a_fact_that_waits_too_long_lapses
                edits_and_revokes_change_their_message_before_and_after_it
                an_unsupported_message_is_understood_later
                an_echo_is_the_business_writing_and_having_read
                an_import_is_nothing_to_read
                an_import_behind_newer_messages_moves_no_conversation
                a_groups_messages_are_one_conversation
                a_call_is_one_message_from_ring_to_end
                a_free_entry_points_window_is_kept
                a_customers_message_opens_a_closed_conversation
                an_item_that_cannot_be_applied_stops_the_whole_batch
            }
            people {
                two_contacts_become_one_with_all_that_both_had
                a_conversation_moves_whole_to_the_contact_that_is_left
                a_stored_contact_remains_when_a_batch_merges_it_with_a_new_one
                a_new_conversation_gives_way_to_a_stored_one_in_a_merge
                three_contacts_become_one_in_one_batch
                a_number_with_and_without_its_mobile_digit_is_one_person
                a_changed_number_stays_the_same_person
                a_changed_user_id_stays_the_same_person
                the_contact_book_names_a_person_and_takes_the_name_back
                a_preference_marks_a_contact_as_opted_out
                a_number_that_was_passed_on_begins_a_new_person
                a_status_adds_the_recipients_ids
                a_message_is_found_under_another_spelling_of_its_id
                a_fact_before_its_message_waits_under_every_form_of_the_id
                a_quoted_message_is_named_by_our_id
                a_message_that_arrives_after_its_quote_is_named_by_our_id
                a_merge_can_be_undone
                the_same_person_is_another_contact_of_another_org
                twenty_at_once_make_one_contact
            }
            management {
                news_of_a_number_reach_its_account
                news_of_a_waba_reach_all_its_accounts
                news_of_another_orgs_account_change_nothing
                a_fact_without_an_id_is_recognised_by_its_digest
                twenty_repeats_at_once_make_one_event
                other_facts_have_an_event_with_the_value_as_it_came
                parts_without_a_typed_form_are_stored_beside_the_typed_ones
                what_meta_tells_of_a_group_is_kept_at_its_conversation
            }
            lists {
                conversations_are_paged_newest_first_also_within_a_second
                threads_are_paged_newest_first_also_within_a_second
                contacts_are_paged_newest_first
                every_filter_of_conversations_holds
                search_finds_names_and_numbers_whatever_the_case
                a_changed_conversation_has_an_event
                a_renamed_contact_has_an_event
                changes_of_people_and_of_webhooks_do_not_undo_each_other
                a_missing_row_is_not_found
                the_customers_last_message_that_meta_knows_is_found
            }
            acts {
                acts_of_people_in_the_inbox_are_recorded
                an_act_that_changes_nothing_is_not_recorded
                a_replay_is_recorded_by_its_first_write
                entries_of_several_orgs_at_once_leave_no_gap
            }
            connections {
                connecting_appends_an_event_for_each_account_and_then_the_given_ones
                a_refused_activation_leaves_no_account_no_entry_and_no_event
                connecting_retries_homeless_items_of_its_numbers
                a_takeover_has_an_event_in_the_org_that_loses_the_number
                disconnecting_has_events_for_the_account_and_the_new_default
                a_saved_account_has_an_event_and_so_has_the_former_default
                accounts_are_found_by_their_grants
                writes_of_both_contexts_at_once_leave_no_gap
            }
            tenants {
                another_org_sees_nothing_of_an_inbox
                another_org_changes_nothing_of_an_inbox
                another_org_sees_and_replays_nothing_of_the_queue
            }
            erasure {
                an_erased_contact_leaves_nothing_but_places_in_the_log
                an_erased_person_who_writes_again_is_a_new_contact
                contacts_merged_into_an_erased_one_are_erased_with_it
                a_group_forgets_only_the_persons_messages
                another_org_erases_no_contact
            }
            storage {
                files_count_once_as_long_as_they_are_stored
                a_file_over_the_quota_changes_nothing
                twenty_files_at_once_stay_within_the_quota
            }
            templates {
                a_sync_tells_new_changed_and_gone_apart
                a_pass_without_news_changes_no_template_and_tells_nothing
                an_interrupted_pass_goes_on_at_its_cursor_and_removes_only_what_is_gone
                a_pass_that_failed_removes_nothing_and_begins_again
                twenty_claims_at_once_take_a_sync_once
                a_request_joins_a_sync_that_runs
                a_template_is_seen_by_whoever_has_an_active_number_on_its_waba
                templates_are_paged_by_name_and_filtered
                a_webhook_changes_a_template_by_metas_time
                a_category_to_come_is_kept_with_its_time
                a_webhook_that_tells_a_part_asks_for_a_sync
                a_wish_during_a_sync_is_heard_after_it
                another_orgs_webhook_changes_no_template
                a_history_keeps_the_newest_entries
                a_waba_without_an_active_number_is_synced_no_more
            }
            upkeep {
                a_turn_has_one_owner
                the_turn_that_waited_longest_is_taken_first
                only_one_of_twenty_takes_a_turn
                pruning_keeps_deliveries_that_are_young_or_unsplit
                pruning_keeps_changes_that_are_young_queued_or_parked
                homeless_items_lapse_and_other_parked_items_do_not
                pruning_keeps_contacts_and_messages
                traffic_adds_up
                traffic_counted_at_once_all_counts
                a_file_waits_to_be_fetched
                a_claimed_file_is_held_until_its_lease_ends
                twenty_claimers_share_files_without_a_repeat
                a_stored_file_has_an_event
                a_file_that_was_read_before_a_merge_stays_with_its_message
            }
        }
    };
    (@rules $make:expr; $($context:ident { $($rule:ident)* })*) => {$($(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $rule() {
            let (connect, store, _alive) = $make.await;
            let world = $crate::receive::ReceiveWorld::new(connect, store).await;
            ::std::boxed::Box::pin($crate::receive::$context::$rule(world)).await;
        }
    )*)*};
}
