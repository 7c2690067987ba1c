//! Meta's own words of authentication templates.
//!
//! Source: Meta's page on authentication templates for English (A). Other languages are translated here.

/// Returns the body with the code as its variable, and with a warning where it is wanted.
pub(super) fn body(language: &str, warns: bool) -> String {
    let (body, warning) = match of(language) {
        "de" => (
            "*{{1}}* ist dein Verifizierungscode.",
            "Teile diesen Code zu deiner Sicherheit mit niemandem.",
        ),
        "es" => (
            "Tu código de verificación es *{{1}}*.",
            "Por tu seguridad, no lo compartas.",
        ),
        "fr" => (
            "*{{1}}* est votre code de vérification.",
            "Pour votre sécurité, ne le partagez pas.",
        ),
        "pt" => (
            "Seu código de verificação é *{{1}}*.",
            "Para sua segurança, não o compartilhe.",
        ),
        _ => (
            "*{{1}}* is your verification code.",
            "For your security, do not share this code.",
        ),
    };
    match warns {
        true => format!("{body} {warning}"),
        false => body.to_owned(),
    }
}

/// Returns the footer that says how long the code works.
pub(super) fn footer(language: &str, minutes: u64) -> String {
    match of(language) {
        "de" => format!("Dieser Code läuft in {minutes} Minuten ab."),
        "es" => format!("Este código caduca en {minutes} minutos."),
        "fr" => format!("Ce code expire dans {minutes} minutes."),
        "pt" => format!("Este código expira em {minutes} minutos."),
        _ => format!("This code expires in {minutes} minutes."),
    }
}

/// Returns the labels of the button: to copy the code, and to fill it in.
pub(super) fn button(language: &str) -> (&'static str, &'static str) {
    match of(language) {
        "de" => ("Code kopieren", "Automatisch ausfüllen"),
        "es" => ("Copiar código", "Autocompletar"),
        "fr" => ("Copier le code", "Remplissage auto"),
        "pt" => ("Copiar código", "Preencher"),
        _ => ("Copy code", "Autofill"),
    }
}

fn of(language: &str) -> &str {
    language.split_once('_').map_or(language, |(head, _)| head)
}
