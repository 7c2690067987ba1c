use wabakit_domain::connect::ConnectMode;
use wabakit_wire::{
    connect::{ConnectStart, OauthAnswer},
    session::{ConnectSession, ConnectStatus},
};

use crate::connect::Begun;

/// Makes the wire form of the values with which the browser reaches Meta in this mode.
pub fn connect_start(begun: Begun, mode: ConnectMode) -> ConnectStart {
    let sdk = mode == ConnectMode::Sdk;
    ConnectStart {
        session_id: begun.session.uuid(),
        expires_at: begun.expires_at,
        auth_url: (!sdk).then_some(begun.auth_url),
        app_id: sdk.then_some(begun.app_id),
        config_id: begun.config_id.filter(|_| sdk),
        graph_version: sdk.then_some(begun.sdk.graph_version),
        state: sdk.then_some(begun.state),
        sdk_url: sdk.then_some(begun.sdk.sdk_url),
    }
}

/// Makes the wire form of the result of a submitted code.
pub fn oauth_answer(session: ConnectSession) -> OauthAnswer {
    let accounts = session.accounts.clone();
    OauthAnswer {
        success: session.status == ConnectStatus::Completed,
        message: match session.status {
            ConnectStatus::Completed if accounts.len() == 1 => {
                "1 phone number is connected.".to_owned()
            }
            ConnectStatus::Completed => {
                format!("{} phone numbers are connected.", accounts.len())
            }
            ConnectStatus::AwaitingChoice if session.problem.is_some() => {
                "Meta does not show what was chosen there. Look again in a moment, or choose another number.".to_owned()
            }
            ConnectStatus::AwaitingChoice => "Choose the numbers to connect.".to_owned(),
            _ => "The connection is being made.".to_owned(),
        },
        phone_numbers: accounts.len(),
        accounts,
        session_id: session.id,
        status: session.status,
        session,
    }
}
