use wabakit_domain::{
    account::NumberHealth,
    connect::{
        Candidate, NumberProgress, Problem, Progress, Refusal, StepState, Unselectable,
        WabaProgress,
    },
    meta_error::MetaErrorRef,
    secret::SealedSecret,
};

use super::{at, word};

pub fn health() -> NumberHealth {
    NumberHealth {
        quality_rating: word("GREEN"),
        status: word("CONNECTED"),
        throughput_level: word("STANDARD"),
        messaging_limit: word("TIER_250"),
        name_status: word("APPROVED"),
        code_verification_status: word("VERIFIED"),
        is_coexistence: true,
    }
}

pub fn problem() -> Problem {
    Problem::new(Refusal::MissingScope)
        .about(["whatsapp_business_messaging".to_owned()])
        .with_meta(Some(MetaErrorRef {
            code: 190,
            subcode: Some(463),
            fbtrace_id: word("AbC"),
            message: "Error validating access token".into(),
        }))
}

fn candidate() -> Candidate {
    Candidate {
        phone_number_id: "106540352242922".into(),
        display_phone_number: "+1 555-078-3881".into(),
        verified_name: word("Lucky Shrub"),
        waba_id: "102290129340398".into(),
        waba_name: word("Lucky Shrub"),
        business_id: Some("2329417887457253".into()),
        business_name: word("Lucky Shrub Inc."),
        health: health(),
        unselectable: Some(Unselectable::InUse),
        already_connected: true,
        takes_over: true,
    }
}

/// Returns the progress of a session, with every field.
pub fn progress() -> Progress {
    let mut progress = Progress::default();
    let states = [
        StepState::Done,
        StepState::Skipped,
        StepState::Running,
        StepState::Failed,
    ];
    for (record, state) in progress.steps.iter_mut().zip(states) {
        record.state = state;
        record.started_at = Some(at(1));
        record.finished_at = Some(at(2));
        record.detail = word("2 numbers");
        record.problem = Some(problem());
    }
    progress.candidates = vec![
        candidate(),
        Candidate {
            verified_name: None,
            waba_name: None,
            business_id: None,
            business_name: None,
            health: NumberHealth::default(),
            unselectable: None,
            already_connected: false,
            ..candidate()
        },
        Candidate {
            unselectable: Some(Unselectable::NotVerified),
            ..candidate()
        },
    ];
    progress.numbers = vec![
        NumberProgress::new("1".into()),
        NumberProgress {
            phone_number_id: "106540352242922".into(),
            pin: Some(SealedSecret::new(vec![1, 2, 255])),
            pin_given: true,
            registered_by_us: true,
            registration_problem: Some(problem()),
            health: Some(health()),
        },
    ];
    progress.wabas = vec![WabaProgress {
        waba_id: "102290129340398".into(),
        subscribed_by_us: true,
        confirmed: false,
    }];
    progress.hints.waba_id = Some("102290129340398".into());
    progress.hints.phone_number_id = Some("106540352242922".into());
    progress.hints.business_id = Some("2329417887457253".into());
    progress.hints.event = word("FINISH");
    progress.granted_wabas = vec!["102290129340398".into()];
    progress.confirmed = true;
    progress
}
