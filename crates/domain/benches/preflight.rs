//! Measures pre-flight: the microseconds that a check of a message's values against its template takes.
//!
//! `cargo bench -p wabakit-domain --bench preflight`. Each row is the median of 21 rounds. The bar is 20 µs for each.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a measurement: it prints, and fails by panicking"
)]

use std::{hint::black_box, time::Instant};

use serde_json::{Value, json};
use wabakit_domain::template::TemplateDefinition;

const ROUNDS: usize = 21;
const CHECKS: u32 = 2_000;

fn template(components: Value) -> TemplateDefinition {
    TemplateDefinition::read(json!({
        "id": "1", "name": "n", "language": "en_US", "status": "APPROVED", "category": "MARKETING",
        "components": components,
    }))
}

/// Returns the median microseconds of one call.
fn median(mut call: impl FnMut()) -> f64 {
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let begun = Instant::now();
            for _ in 0..CHECKS {
                call();
            }
            begun.elapsed().as_secs_f64() * 1e6 / f64::from(CHECKS)
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    *rounds.get(ROUNDS / 2).unwrap()
}

fn main() {
    let header = json!({"type": "HEADER", "format": "IMAGE"});
    let body = |text: &str| json!({"type": "BODY", "text": text});
    let url = json!({"type": "URL", "text": "u", "url": "https://a.example/{{1}}"});
    let reply = json!({"type": "QUICK_REPLY", "text": "q"});
    let usual = template(json!([
        header, body("Hi {{1}}, your order {{2}} arrives on {{3}}, and we are glad."),
        {"type": "FOOTER", "text": "f"}, {"type": "BUTTONS", "buttons": [url, reply]},
    ]));
    let card = json!({"components": [header, body("Now {{1}} off"), {"type": "BUTTONS", "buttons": [url, reply]}]});
    let cards = template(json!([
        body("Hi {{1}}, look at these"), {"type": "CAROUSEL", "cards": vec![card; 10]},
    ]));
    let image = json!({"link": "https://a.example/x.png"});
    let values = json!({
        "header.1": image, "body.1": "Zoë", "body.2": "TX-1", "body.3": "Friday", "button.0.1": "TX-1", "button.1.1": "p",
    });
    let mut of_cards = json!({"body.1": "Zoë"});
    for at in 0..10 {
        for (key, value) in [
            ("header.1", &image),
            ("body.1", &json!("10%")),
            ("button.0.1", &json!("a")),
        ] {
            of_cards[format!("card.{at}.{key}")] = value.clone();
        }
    }
    println!("{:<44}{:>8}", "pre-flight", "µs");
    for (name, template, values) in [
        ("three values, file and two buttons", usual, values),
        ("a carousel of ten cards", cards, of_cards),
    ] {
        let values = values.as_object().unwrap();
        let filled = template.fill(values);
        assert!(filled.check.is_ok(), "{:?}", filled.check);
        let check = median(|| {
            black_box(template.check(black_box(&filled.components)));
        });
        println!("{name:<44}{check:>8.1}");
        let fill = median(|| {
            black_box(template.fill(black_box(values)));
        });
        println!("{:<44}{fill:>8.1}", format!("{name}, from named values"));
    }
}
