use wabakit_domain::{Time, connect as known};
use wabakit_wire::{
    account::{Account, Reason},
    problem::Refusal,
    session::{
        Candidate, ConnectSession, ConnectStatus, ConnectStep, ConnectStepName, ConnectStepState,
        SessionMode, StepProblem,
    },
};

use super::{IntoWire, record, words};

words!(known::Step => ConnectStepName {
    ExchangeCode, ExchangeLongLived, InspectToken, FindAssets, Choose, Subscribe, Register,
    ReadHealth, Activate,
});
words!(known::StepState => ConnectStepState { Pending, Running, Done, Skipped, Failed });
words!(known::ConnectStatus => ConnectStatus {
    AwaitingLogin, AwaitingConfirmation, Running, AwaitingChoice, Failed, Completed, Cancelled,
    Expired,
});
words!(known::ConnectMode => SessionMode { Redirect, Popup, Sdk, Manual });

impl IntoWire<StepProblem> for known::Problem {
    fn into_wire(self) -> StepProblem {
        StepProblem {
            code: self.refusal.code().to_owned(),
            title: self.refusal.title().to_owned(),
            detail: self.detail(),
            remedy: self.remedy().to_owned(),
            who: self.who().as_str().to_owned(),
            docs: self.refusal.docs(),
            meta: self.meta.into_wire(),
        }
    }
}

/// Makes the wire forms of all refusals of connecting.
pub fn refusals() -> Vec<Refusal> {
    let all = known::Refusal::ALL.iter();
    all.map(|refusal| Refusal {
        code: refusal.code().to_owned(),
        title: refusal.title().to_owned(),
        detail: refusal.detail().to_owned(),
        remedy: refusal.remedy().to_owned(),
        who: refusal.who().as_str().to_owned(),
        docs: refusal.docs(),
    })
    .collect()
}

impl IntoWire<Reason> for known::Unselectable {
    fn into_wire(self) -> Reason {
        let refusal = self.refusal();
        Reason {
            code: refusal.code().to_owned(),
            detail: refusal.detail().to_owned(),
            remedy: Some(refusal.remedy().to_owned()),
        }
    }
}

record!(known::StepRecord => ConnectStep { step, state, started_at, finished_at, detail, problem });

impl IntoWire<Candidate> for known::Candidate {
    fn into_wire(self) -> Candidate {
        Candidate {
            selectable: self.is_selectable(),
            reason: self.unselectable.into_wire(),
            phone_number_id: self.phone_number_id.into_wire(),
            display_phone: self.display_phone_number,
            verified_name: self.verified_name,
            waba_id: self.waba_id.into_wire(),
            waba_name: self.waba_name,
            business_id: self.business_id.into_wire(),
            business_name: self.business_name,
            quality_rating: self.health.quality_rating,
            status: self.health.status,
            code_verification_status: self.health.code_verification_status,
            is_coexistence: self.health.is_coexistence,
            already_connected: self.already_connected,
        }
    }
}

/// Makes the wire form of a connect session, with the accounts that it connected. What can be done is judged at `now`.
pub fn connect_session(
    session: known::ConnectSession,
    accounts: Vec<Account>,
    now: Time,
) -> ConnectSession {
    let (can_resume, can_cancel) = (session.can_resume(now), session.can_cancel(now));
    let problem = session.problem().cloned();
    let status = session.status();
    let session = session.into_record();
    let numbers = session.progress.numbers.iter();
    ConnectSession {
        id: session.id.uuid(),
        status: status.into_wire(),
        mode: session.mode.into_wire(),
        created_at: session.created_at,
        expires_at: session.expires_at,
        started_by: session.user.uuid(),
        can_resume,
        can_cancel,
        chosen: numbers
            .map(|number| number.phone_number_id.to_string())
            .collect(),
        problem: problem.into_wire(),
        steps: session.progress.steps.into_wire(),
        candidates: session.progress.candidates.into_wire(),
        accounts,
    }
}
