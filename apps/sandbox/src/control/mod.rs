//! The control API under `/_sandbox`: JSON in and out, one file for each subject.

mod apps;
mod clock;
mod dialog;
mod error;
mod faults;
mod ledger;
mod quirks;
mod reset;
mod state;
mod tokens;

use actix_web::web::{self, JsonConfig, PathConfig, QueryConfig, ServiceConfig};

use error::ControlError;

/// Adds the control API.
pub(crate) fn routes(config: &mut ServiceConfig) {
    let refuse = |error: String| ControlError::Invalid(error).into();
    config.service(
        web::scope("/_sandbox")
            .app_data(
                JsonConfig::default().error_handler(move |error, _| refuse(error.to_string())),
            )
            .app_data(
                PathConfig::default().error_handler(move |error, _| refuse(error.to_string())),
            )
            .app_data(
                QueryConfig::default().error_handler(move |error, _| refuse(error.to_string())),
            )
            .configure(apps::routes)
            .configure(clock::routes)
            .configure(dialog::routes)
            .configure(faults::routes)
            .configure(ledger::routes)
            .configure(quirks::routes)
            .configure(reset::routes)
            .configure(state::routes)
            .configure(tokens::routes)
            .default_service(web::to(|| async {
                Err::<&'static str, _>(ControlError::NotFound("no such control route".to_owned()))
            })),
    );
}
