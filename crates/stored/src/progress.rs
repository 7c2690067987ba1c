//! The progress of a connect session.

use serde::{Deserialize, Serialize};
use wabakit_domain::{
    Time, account, connect,
    ids::{BusinessId, PhoneNumberId, WabaId},
    meta_error, secret,
};

use crate::form::{Many, Opt, forms};

forms!(
    ProgressForm: connect::Progress,
    HintsForm: connect::SignupHints,
    StepRecordForm: connect::StepRecord,
    CandidateForm: connect::Candidate,
    NumberProgressForm: connect::NumberProgress,
    WabaProgressForm: connect::WabaProgress,
    HealthForm: account::NumberHealth,
    ProblemForm: connect::Problem,
    MetaErrorForm: meta_error::MetaErrorRef,
);

#[derive(Serialize, Deserialize)]
#[serde(remote = "connect::Progress")]
pub(crate) struct ProgressForm {
    #[serde(with = "Many::<StepRecordForm>")]
    steps: Vec<connect::StepRecord>,
    #[serde(with = "Many::<CandidateForm>")]
    candidates: Vec<connect::Candidate>,
    #[serde(with = "Many::<NumberProgressForm>")]
    numbers: Vec<connect::NumberProgress>,
    #[serde(with = "Many::<WabaProgressForm>")]
    wabas: Vec<connect::WabaProgress>,
    #[serde(with = "HintsForm")]
    hints: connect::SignupHints,
    #[serde(default)]
    granted_wabas: Vec<WabaId>,
    #[serde(default)]
    confirmed: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    wants_all: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "connect::SignupHints")]
pub(crate) struct HintsForm {
    waba_id: Option<WabaId>,
    phone_number_id: Option<PhoneNumberId>,
    business_id: Option<BusinessId>,
    event: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "connect::StepRecord")]
pub(crate) struct StepRecordForm {
    step: connect::Step,
    state: connect::StepState,
    started_at: Option<Time>,
    finished_at: Option<Time>,
    detail: Option<String>,
    #[serde(default, with = "Opt::<ProblemForm>")]
    problem: Option<connect::Problem>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "connect::Candidate")]
pub(crate) struct CandidateForm {
    phone_number_id: PhoneNumberId,
    display_phone_number: String,
    verified_name: Option<String>,
    waba_id: WabaId,
    waba_name: Option<String>,
    business_id: Option<BusinessId>,
    business_name: Option<String>,
    #[serde(with = "HealthForm")]
    health: account::NumberHealth,
    unselectable: Option<connect::Unselectable>,
    already_connected: bool,
    takes_over: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "connect::NumberProgress")]
pub(crate) struct NumberProgressForm {
    phone_number_id: PhoneNumberId,
    pin: Option<secret::SealedSecret>,
    #[serde(default)]
    pin_given: bool,
    registered_by_us: bool,
    #[serde(default, with = "Opt::<ProblemForm>")]
    registration_problem: Option<connect::Problem>,
    #[serde(default, with = "Opt::<HealthForm>")]
    health: Option<account::NumberHealth>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "connect::WabaProgress")]
pub(crate) struct WabaProgressForm {
    waba_id: WabaId,
    subscribed_by_us: bool,
    confirmed: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "account::NumberHealth")]
pub(crate) struct HealthForm {
    quality_rating: Option<String>,
    status: Option<String>,
    throughput_level: Option<String>,
    messaging_limit: Option<String>,
    name_status: Option<String>,
    code_verification_status: Option<String>,
    is_coexistence: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "connect::Problem")]
pub(crate) struct ProblemForm {
    refusal: connect::Refusal,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    about: Vec<String>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "Opt::<MetaErrorForm>"
    )]
    meta: Option<meta_error::MetaErrorRef>,
    #[serde(default, skip_serializing_if = "is_session")]
    occasion: connect::Occasion,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    own_app: bool,
}

fn is_session(occasion: &connect::Occasion) -> bool {
    *occasion == connect::Occasion::Session
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "meta_error::MetaErrorRef")]
pub(crate) struct MetaErrorForm {
    code: i64,
    subcode: Option<i64>,
    fbtrace_id: Option<String>,
    message: String,
}
