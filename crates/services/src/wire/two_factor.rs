use secrecy::{ExposeSecret as _, SecretString};
use wabakit_domain::second_factor::SecondFactor;
use wabakit_wire::two_factor::{RecoveryCodes, TwoFactor, TwoFactorSetup};

use crate::auth::NewSecondFactor;

/// Makes the wire form of a second factor, or of its absence.
pub fn two_factor(factor: Option<&SecondFactor>) -> TwoFactor {
    TwoFactor {
        is_on: factor.is_some(),
        on_since: factor.and_then(|factor| factor.confirmed_at),
        recovery_codes_left: factor.map_or(0, |factor| factor.recovery_codes),
    }
}

/// Makes the wire form of the secret that waits for its first code.
pub fn two_factor_setup(new: &NewSecondFactor) -> TwoFactorSetup {
    TwoFactorSetup {
        otpauth: new.otpauth.expose_secret().to_owned(),
        secret: new.secret.expose_secret().to_owned(),
    }
}

/// Makes the wire form of new recovery codes.
pub fn recovery_codes(codes: &[SecretString]) -> RecoveryCodes {
    let told = |code: &SecretString| code.expose_secret().to_owned();
    RecoveryCodes {
        recovery_codes: codes.iter().map(told).collect(),
    }
}
