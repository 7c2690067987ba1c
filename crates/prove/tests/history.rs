//! The checker of histories: a true history holds, and each way to break a promise is seen by its own rule.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use wabakit_prove::history::{Line, Rule, judge, read};

/// Two organisations. `a1` and `a2` go to one person, `b1` to another; two customers write to them.
const TRUE: &str = r#"
{"what":"pace","number":"n1","perSecond":10,"atOnce":2}
{"what":"call","at":1000,"id":"c1","org":"a","messages":[{"reference":"r1","number":"n1","to":"p1"},{"reference":"r2","number":"n1","to":"p1"}]}
{"what":"fault","at":1005,"kind":"kill"}
{"what":"answered","at":1010,"id":"c1","status":202,"messages":[{"reference":"r1","message":"a1"},{"reference":"r2","message":"a2"}]}
{"what":"answered","at":1020,"id":"c1","status":202,"messages":[{"reference":"r1","message":"a1"},{"reference":"r2","message":"a2"}]}
{"what":"call","at":1030,"id":"c2","org":"b","messages":[{"reference":"r3","number":"n2","to":"p2"}]}
{"what":"answered","at":1040,"id":"c2","status":202,"messages":[{"reference":"r3","message":"b1"}]}
{"what":"call","at":1050,"id":"c3","org":"a","messages":[{"reference":"r4","number":"n1","to":"p1"}]}
{"what":"answered","at":1060,"id":"c3","status":202,"messages":[{"reference":"r4","message":"a3"}]}
{"what":"accepted","at":1100,"message":"a1","number":"n1","to":"p1","wamid":"w1"}
{"what":"accepted","at":1101,"message":"a2","number":"n1","to":"p1","wamid":"w2"}
{"what":"accepted","at":1102,"message":"b1","number":"n2","to":"p2","wamid":"w3"}
{"what":"accepted","at":1300,"message":"a3","number":"n1","to":"p1","wamid":"w4"}
{"what":"state","message":"a1","org":"a","reference":"r1","state":"read","wamid":"w1"}
{"what":"state","message":"a2","org":"a","reference":"r2","state":"failed","wamid":"w2","hasReason":true}
{"what":"state","message":"a3","org":"a","reference":"r4","state":"sent","wamid":"w4"}
{"what":"state","message":"b1","org":"b","reference":"r3","state":"delivered","wamid":"w3"}
{"what":"delivery","status":503,"org":"a","items":["i1","i2"]}
{"what":"delivery","status":200,"org":"a","items":["i1","i2"]}
{"what":"delivery","org":"b","items":["i3"]}
{"what":"applied","item":"i1","org":"a"}
{"what":"applied","item":"i2","org":"a"}
{"what":"applied","item":"i3","org":"b"}
{"what":"heard","listener":"l1","org":"a","sequence":1,"item":"a1"}
{"what":"heard","listener":"l1","org":"a","sequence":2,"about":["w1"]}
{"what":"heard","listener":"l1","org":"a","sequence":3,"item":"i1"}
{"what":"heard","listener":"l2","org":"b","sequence":1,"item":"i3"}
{"what":"head","org":"a","sequence":3}
{"what":"head","org":"b","sequence":1}
"#;

fn lines(text: &str) -> Vec<Line> {
    read(text.as_bytes()).unwrap()
}

/// Judges the true history with `old` replaced by `new`, and returns the rules that it breaks.
fn broken(old: &str, new: &str) -> Vec<Rule> {
    assert!(TRUE.contains(old), "{old} is not in the history");
    let verdict = judge(&lines(&TRUE.replacen(old, new, 1)));
    let broken = |rule: &Rule| verdict.count(*rule).broken > 0;
    let rules: Vec<Rule> = Rule::ALL.into_iter().filter(broken).collect();
    assert_eq!(rules.is_empty(), verdict.holds());
    assert_eq!(rules.is_empty(), verdict.breaches.is_empty());
    rules
}

/// The line that begins so.
fn line(beginning: &str) -> &'static str {
    let found = TRUE.lines().find(|line| line.starts_with(beginning));
    found.unwrap_or_else(|| panic!("no line begins with {beginning}"))
}

fn without(beginning: &str) -> Vec<Rule> {
    broken(line(beginning), "")
}

fn with(more: &str) -> Vec<Rule> {
    let last = line(r#"{"what":"head","org":"b""#);
    broken(last, &format!("{last}\n{more}"))
}

#[test]
fn a_true_history_holds_and_every_rule_was_applied() {
    let verdict = judge(&lines(TRUE));
    assert!(verdict.holds(), "{verdict}");
    for rule in Rule::ALL {
        assert!(verdict.count(rule).checked > 0, "{rule:?} was not applied");
    }
}

#[test]
fn a_message_that_is_accepted_twice_is_seen_unless_a_person_retried_it() {
    let again =
        r#"{"what":"accepted","at":1400,"message":"a3","number":"n1","to":"p1","wamid":"w5"}"#;
    assert_eq!(with(again), [Rule::AcceptedOnce]);
    let retried = r#"{"what":"retried","message":"a3"}"#;
    assert_eq!(with(&format!("{retried}\n{again}")), []);
    let third = again.replace("w5", "w6");
    assert_eq!(
        with(&format!("{retried}\n{again}\n{third}")),
        [Rule::AcceptedOnce]
    );
}

#[test]
fn a_repeated_call_that_makes_another_message_is_seen() {
    let again = line(r#"{"what":"answered","at":1020"#);
    let other = again.replace("\"a2\"", "\"a9\"");
    assert_eq!(
        broken(again, &other),
        [Rule::AnswersAgree, Rule::AnsweredEnds]
    );
}

#[test]
fn a_message_that_was_answered_and_is_lost_or_never_ends_is_seen() {
    let state = r#"{"what":"state","message":"b1""#;
    assert_eq!(without(state), [Rule::AnsweredEnds, Rule::NothingInvented]);
    let accepted = line(r#"{"what":"accepted","at":1102"#);
    for state in ["queued", "sending"] {
        let stays = TRUE.replace(accepted, "").replace(
            r#""state":"delivered","wamid":"w3""#,
            &format!(r#""state":"{state}""#),
        );
        let verdict = judge(&lines(&stays));
        assert_eq!(verdict.count(Rule::AnsweredEnds).broken, 1, "{verdict}");
    }
}

#[test]
fn a_message_that_says_something_else_than_the_other_side_is_seen() {
    for (old, new) in [
        // Accepted, and unknown to us.
        (r#""state":"read","wamid":"w1""#, r#""state":"unknown""#),
        (
            r#""state":"read","wamid":"w1""#,
            r#""state":"expired","wamid":"w1""#,
        ),
        // The id of another one.
        (r#""wamid":"w1"}"#, r#""wamid":"w9"}"#),
        // Failed, and nobody knows why.
        (r#","hasReason":true"#, ""),
    ] {
        let rules = match new {
            // The sandbox's own line has the id as well.
            r#""wamid":"w9"}"# => broken(
                r#""state":"read","wamid":"w1""#,
                r#""state":"read","wamid":"w9""#,
            ),
            _ => broken(old, new),
        };
        assert_eq!(rules, [Rule::StateIsTrue], "{new}");
    }
    assert_eq!(
        without(r#"{"what":"accepted","at":1102"#),
        [Rule::StateIsTrue]
    );
}

#[test]
fn what_nobody_asked_for_is_seen() {
    assert_eq!(
        with(r#"{"what":"state","message":"a9","org":"a","reference":"r9","state":"cancelled"}"#),
        [Rule::NothingInvented]
    );
    assert_eq!(
        with(
            r#"{"what":"accepted","at":1500,"message":"a9","number":"n1","to":"p1","wamid":"w9"}"#
        ),
        [Rule::NothingInvented]
    );
    assert_eq!(
        with(r#"{"what":"applied","item":"i9","org":"a"}"#),
        [Rule::NothingInvented]
    );
}

#[test]
fn a_delivery_that_was_answered_and_is_lost_or_applied_twice_is_seen() {
    assert_eq!(
        without(r#"{"what":"applied","item":"i2""#),
        [Rule::AppliedOnce]
    );
    for item in ["i1", "i3"] {
        let twice = format!(r#"{{"what":"applied","item":"{item}"}}"#);
        assert_eq!(with(&twice), [Rule::AppliedOnce], "{item}");
    }
    // Nobody was told that this one arrived.
    let unanswered = line(r#"{"what":"applied","item":"i3""#);
    assert_eq!(broken(unanswered, ""), []);
}

#[test]
fn a_message_that_overtakes_is_seen() {
    let swapped = |a: &str, b: &str| {
        let text = TRUE.replace(a, "#").replace(b, a).replace('#', b);
        judge(&lines(&text))
    };
    // Of one call, and of two calls.
    for (a, b) in [
        (
            r#""message":"a1","number":"n1""#,
            r#""message":"a2","number":"n1""#,
        ),
        (
            r#""message":"a2","number":"n1""#,
            r#""message":"a3","number":"n1""#,
        ),
    ] {
        let verdict = swapped(a, b);
        assert!(verdict.count(Rule::InOrder).broken > 0, "{a}: {verdict}");
    }
    // To other people, and beside a call that was not answered yet, any order is right.
    let verdict = swapped(
        r#""message":"a2","number":"n1""#,
        r#""message":"b1","number":"n2""#,
    );
    assert_eq!(verdict.count(Rule::InOrder).broken, 0, "{verdict}");
    let (first, last) = (
        r#"{"what":"accepted","at":1100,"message":"a1""#,
        r#"{"what":"accepted","at":1300,"message":"a3""#,
    );
    let together = TRUE
        .replace(r#"{"what":"call","at":1050"#, r#"{"what":"call","at":1005"#)
        .replace(first, r#"{"what":"accepted","at":1100,"message":"a3""#)
        .replace(last, r#"{"what":"accepted","at":1300,"message":"a1""#);
    let verdict = judge(&lines(&together));
    let order = verdict.count(Rule::InOrder);
    assert_eq!(order.broken, 1, "a2 of its own call overtook a1: {verdict}");
}

#[test]
fn a_head_that_waited_a_minute_may_be_overtaken_by_all_behind_it() {
    let late = |wait: u32| {
        let mut text = TRUE.to_owned();
        for (message, at) in [("a2", 1_100), ("a3", 1_200), ("a1", 1_300)] {
            let old = TRUE
                .lines()
                .find(|line| line.contains("accepted") && line.contains(message))
                .unwrap();
            text = text.replace(old, "");
            let wamid = old.split("\"wamid\":").nth(1).unwrap();
            let at = at + wait;
            text.push_str(&format!(
                "{{\"what\":\"accepted\",\"at\":{at},\"message\":\"{message}\",\"number\":\"n1\",\"to\":\"p1\",\"wamid\":{wamid}\n"
            ));
        }
        judge(&lines(&text)).count(Rule::InOrder).broken
    };
    assert_eq!(late(0), 2);
    assert_eq!(late(60_000), 0);
}

#[test]
fn a_number_that_sends_too_fast_is_seen() {
    let soon = line(r#"{"what":"accepted","at":1300"#);
    assert_eq!(broken(soon, &soon.replace("1300", "1102")), []);
    let pace = line(r#"{"what":"pace""#);
    let slower = pace.replace(r#""atOnce":2"#, r#""atOnce":1"#);
    let text = TRUE
        .replace(pace, &slower)
        .replace(soon, &soon.replace("1300", "1103"));
    let verdict = judge(&lines(&text));
    assert_eq!(verdict.count(Rule::PaceKept).broken, 1, "{verdict}");
}

#[test]
fn a_log_with_a_gap_a_repeat_or_an_early_end_is_seen() {
    let second = line(r#"{"what":"heard","listener":"l1","org":"a","sequence":2"#);
    let third = line(r#"{"what":"heard","listener":"l1","org":"a","sequence":3"#);
    for rules in [
        broken(second, ""),
        broken(third, ""),
        broken(second, &format!("{second}\n{second}")),
        broken(second, &second.replace("}", r#","item":"a1"}"#)),
        broken(second, &format!("{third}\n{second}")),
    ] {
        assert_eq!(rules, [Rule::LogWhole]);
    }
}

#[test]
fn what_another_organisation_sees_is_seen() {
    for (old, new) in [
        (r#""message":"b1","org":"b""#, r#""message":"b1","org":"a""#),
        (r#""item":"i3","org":"b"}"#, r#""item":"i3","org":"a"}"#),
        (r#""about":["w1"]}"#, r#""item":"i3"}"#),
        (r#""about":["w1"]}"#, r#""item":"b1"}"#),
        (r#""about":["w1"]}"#, r#""about":["w1","b1"]}"#),
        (r#""about":["w1"]}"#, r#""about":["w3"]}"#),
        (r#""about":["w1"]}"#, r#""about":["i3"]}"#),
    ] {
        assert_eq!(broken(old, new), [Rule::TenantAlone], "{new}");
    }
}

#[test]
fn a_line_that_cannot_be_read_is_named_by_its_number() {
    let fault =
        read("\n{\"what\":\"head\",\"org\":\"a\",\"sequence\":1}\n{\"what\":\"hed\"}".as_bytes());
    let fault = fault.unwrap_err();
    assert_eq!(fault.line, 3);
    assert!(fault.to_string().contains("hed"), "{fault}");
    let misspelt = r#"{"what":"head","org":"a","sequence":1,"sequense":2}"#;
    assert!(read(misspelt.as_bytes()).is_err());
}

#[test]
fn a_history_reads_back_as_it_was_written() {
    let lines = lines(TRUE);
    let written: Vec<String> = lines
        .iter()
        .map(|line| serde_json::to_string(line).unwrap())
        .collect();
    assert_eq!(read(written.join("\n").as_bytes()).unwrap(), lines);
}
