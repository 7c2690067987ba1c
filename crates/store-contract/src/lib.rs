#![doc = include_str!("../README.md")]
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "rules are tests: their names say what they hold, and they fail by panicking"
)]

pub mod accounts;
pub mod activation;
pub mod address_proofs;
pub mod audit;
pub mod blob;
pub mod data_keys;
pub mod disconnect;
mod fixtures;
pub mod invitations;
pub mod link_mails;
pub mod links;
pub mod meta_apps;
pub mod outbox;
pub mod password_resets;
pub mod people;
pub mod receive;
pub mod second_factors;
pub mod sessions;
pub mod sign_ins;
pub mod subscribers;
pub mod teardowns;
mod world;

pub use fixtures::{Fixtures, at, password};
pub use world::{Connected, Snapshot, Tenant, World};

/// Asserts that a store refused with one of these errors. The message shows the actual result.
macro_rules! assert_refused {
    ($result:expr, $error:pat) => {{
        let result = $result;
        assert!(
            matches!(result, Err($error)),
            "expected {}, got {result:?}",
            stringify!($error)
        );
    }};
}
use assert_refused;

/// Makes a test of every rule that a store must keep.
///
/// Takes an expression that gives a future of a fresh, empty store and of a guard to keep alive while the store is used
/// (a folder, a database to drop; `()` for none). It is evaluated once for each test. The caller needs tokio with its
/// macros as a dev-dependency.
#[macro_export]
macro_rules! store_contract {
    ($make:expr) => {
        $crate::store_contract! { @rules $make;
            accounts {
                accounts_and_grants_come_back_whole
                accounts_are_paged_in_id_order
                another_org_sees_and_changes_no_account_or_grant
                a_stale_account_is_refused
                a_stale_grant_is_refused
                a_stale_grant_leaves_its_account_as_it_was
                a_new_default_takes_the_mark_from_the_old
                twenty_defaults_at_once_leave_one
                accounts_are_found_by_number_active_or_not
                holders_of_a_number_in_other_orgs_are_found
                active_numbers_of_a_waba_are_counted_across_orgs_by_app
            }
            activation {
                the_first_number_of_an_org_becomes_its_default
                reconnecting_keeps_id_creation_and_display_name
                a_number_that_moved_keeps_its_account
                accounts_are_found_by_the_digits_of_their_number
                a_number_active_elsewhere_is_refused_and_nothing_is_left
                a_number_given_up_elsewhere_can_be_activated
                only_one_of_twenty_orgs_activates_a_number
                a_takeover_moves_the_number_and_is_in_both_audit_logs
                a_takeover_of_an_inactive_number_leaves_nothing
                a_takeover_promotes_the_losers_next_default
                a_stale_grant_stops_the_whole_write
                a_grant_is_new_only_once
                another_org_cannot_write_a_session
            }
            address_proofs {
                one_of_twenty_proves_an_address_and_others_may_have_it_unproven
                a_mailed_invitation_proves_the_address_of_a_known_person
                a_reset_by_a_link_that_was_shown_takes_the_proof_back
                one_of_twenty_proves_an_address_by_a_link
            }
            audit {
                an_empty_log_ends_at_zero
                events_are_chained_from_one_without_a_gap
                twenty_writers_leave_neither_gap_nor_duplicate
                events_come_back_byte_for_byte
                events_of_another_org_are_refused_all_together
                the_log_is_paged_newest_first
                the_log_is_filtered_by_whole_words_of_the_action
                the_log_is_filtered_by_person
                the_chain_is_read_in_parts
                another_org_sees_nothing_of_a_log
            }
            data_keys {
                an_org_has_one_data_key_and_the_first_holds
                twenty_first_uses_agree_on_one_data_key
                data_keys_to_rewrap_are_paged_in_id_order
                a_data_key_is_rewrapped_only_from_the_ring_key_that_was_read
                data_keys_are_counted_by_ring_key
                a_vault_setting_is_set_once
                twenty_settings_at_once_agree_on_one
                vault_settings_are_found_by_the_very_prefix
            }
            disconnect {
                a_disconnected_account_is_kept_and_inactive
                the_oldest_other_number_becomes_the_default
                numbers_that_are_not_active_are_left_alone
                another_org_disconnects_nothing
                unsubscribing_waits_for_the_last_number_of_all_orgs
                two_numbers_of_a_waba_in_one_write_unsubscribe_once
                another_app_on_the_waba_does_not_hold_it
                the_grant_is_released_with_its_last_number
                a_pasted_token_is_forgotten_and_left_as_it_is_at_meta
                only_one_of_twenty_disconnects_a_number
            }
            invitations {
                a_new_invitation_replaces_the_orgs_older_one
                a_member_is_not_invited_again
                invitations_are_the_orgs_own_and_newest_first
                another_org_takes_back_no_link
                accepting_makes_a_person_with_a_place
                accepting_keeps_the_name_and_password_of_a_known_person
                only_one_of_twenty_accepts_an_invitation
                an_invitation_ends_with_its_makers_right
                one_of_two_first_invitations_makes_the_person
                an_invitation_makes_no_second_member_of_one_address
                a_password_that_changed_since_it_was_proven_joins_nothing
            }
            link_mails {
                a_due_mail_is_claimed_once_until_its_lease_ends
                only_one_of_twenty_claims_a_mail
            }
            links {
                a_link_is_found_until_it_ends
                a_link_that_is_over_or_of_another_kind_is_not_accepted
                a_link_that_no_longer_holds_is_not_used
                pruning_takes_links_that_are_over_and_no_others
            }
            meta_apps {
                meta_apps_come_back_whole
                an_orgs_own_app_comes_before_the_platforms
                another_org_sees_and_deletes_no_app
                an_app_is_replaced_by_its_app_id
                twenty_upserts_leave_one_app
                an_app_in_use_is_not_deleted
                an_app_of_sessions_that_are_over_can_be_deleted
            }
            password_resets {
                a_password_reset_works_once_and_ends_all_sign_ins
                only_one_of_twenty_resets_a_password
                a_reset_link_reaches_no_further_than_its_maker_does_now
                a_change_of_a_persons_memberships_or_password_ends_their_reset_links
            }
            people {
                orgs_and_people_come_back_whole
                an_email_address_is_taken_once_in_an_org
                only_one_of_twenty_takes_an_email_address_of_an_org
                a_person_of_a_missing_org_is_not_stored
                orgs_are_paged_in_id_order_with_their_counts
                an_org_is_renamed_only_if_it_is_there
                members_are_the_orgs_own_and_paged_in_id_order
                memberships_are_listed_oldest_first
                another_org_changes_no_member
                the_last_owner_stays
                twenty_owners_stepping_down_leave_one
                a_changed_role_acts_at_once
                removal_ends_the_persons_sign_ins_there
                a_new_password_ends_all_sign_ins_but_the_kept
            }
            sessions {
                a_session_comes_back_whole
                a_sessions_change_is_stored_whole
                each_state_comes_back_with_its_own_columns
                a_stale_session_is_refused
                only_one_of_twenty_saves_a_session
                open_sessions_are_the_orgs_youngest_first
                another_org_sees_no_session
                an_interrupted_session_is_claimed_once_its_lease_ends
                only_one_of_twenty_claims_an_interrupted_session
                a_process_that_lost_a_session_cannot_save_it
                sessions_past_their_time_are_swept_unless_held
                all_runners_are_released
            }
            second_factors {
                a_second_factor_comes_back_whole_once_it_is_confirmed
                a_waiting_secret_is_replaced_and_a_confirmed_one_is_not
                a_step_is_accepted_once_and_none_before_it
                only_one_of_twenty_uses_a_step
                only_one_of_twenty_uses_a_recovery_code
                new_recovery_codes_end_the_old_ones
                ending_a_second_factor_ends_the_other_sign_ins
                an_organisation_ends_no_second_factor_that_guards_another
            }
            sign_ins {
                a_sign_in_is_found_by_id_and_cookie_until_it_ends
                signing_out_ends_a_sign_in_once
                a_use_shows_as_last_seen
                a_use_moves_the_end_of_a_living_sign_in_and_revives_none
                a_person_sees_their_own_living_sign_ins_last_used_first
                a_person_ends_their_own_sign_ins_and_no_others
                a_refresh_token_is_exchanged_for_the_next
                a_second_use_within_the_grace_is_forgiven
                the_grace_counts_from_the_first_use
                a_reuse_revokes_the_sign_in_and_is_recorded
                an_ended_sign_in_cannot_be_refreshed
                only_one_of_twenty_rotates_a_token_outside_the_grace
                twenty_tabs_within_the_grace_all_stay_signed_in
                pruning_takes_sign_ins_that_are_over_and_no_others
                pruning_keeps_used_tokens_of_a_living_sign_in
            }
            teardowns {
                teardowns_come_back_whole_and_oldest_first
                teardowns_that_are_not_due_are_not_claimed
                a_claimed_teardown_is_held_until_its_lease_ends
                twenty_claimers_share_teardowns_without_a_repeat
                teardowns_are_taken_by_id_while_pending
                a_failed_try_is_counted_and_tried_again
                a_finished_teardown_is_not_claimed_again
                a_destroyed_token_does_not_come_back
                another_org_takes_and_finishes_no_teardown
                teardowns_of_a_grant_are_counted_without_its_release
                living_grants_are_counted_across_orgs
                ten_registrations_fit_in_the_window
                twenty_registrations_at_once_spend_ten
            }
        }
    };
    (@rules $make:expr; $($context:ident { $($rule:ident)* })*) => {$($(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $rule() {
            let (store, _alive) = $make.await;
            let world = $crate::World::new(::std::sync::Arc::new(store));
            ::std::boxed::Box::pin($crate::$context::$rule(world)).await;
        }
    )*)*};
}
