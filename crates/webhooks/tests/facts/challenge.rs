use wabakit_domain::secret::SecretString;
use wabakit_webhooks::{ChallengeRefusal, challenge};

const ASKED: &str = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=s3cret%2F+x";

fn asked(query: &str, tokens: &[&str]) -> Result<String, ChallengeRefusal> {
    let tokens: Vec<_> = tokens.iter().map(|it| SecretString::from(*it)).collect();
    challenge(query, &tokens)
}

#[test]
fn the_challenge_is_given_back_as_it_is() {
    assert_eq!(asked(ASKED, &["s3cret/ x"]), Ok("1158201444".to_owned()));
    let text = "hub.mode=subscribe&hub.verify_token=t&hub.challenge=a%3Cb%20c";
    assert_eq!(asked(text, &["t"]), Ok("a<b c".to_owned()));
}

#[test]
fn any_of_several_tokens_is_accepted() {
    assert!(asked(ASKED, &["other", "s3cret/ x", "third"]).is_ok());
}

#[test]
fn another_token_is_refused() {
    for tokens in [
        &["s3cret"][..],
        &["s3cret/ x "],
        &["S3CRET/ X"],
        &["", "x"],
        &[],
    ] {
        assert_eq!(asked(ASKED, tokens), Err(ChallengeRefusal::WrongToken));
    }
}

#[test]
fn an_empty_token_accepts_nothing() {
    let query = "hub.mode=subscribe&hub.challenge=1&hub.verify_token=";
    assert_eq!(asked(query, &[""]), Err(ChallengeRefusal::WrongToken));
}

#[test]
fn another_mode_is_refused() {
    for query in [
        "",
        "hub.mode=unsubscribe&hub.verify_token=t",
        "hub.verify_token=t&hub.challenge=1",
    ] {
        assert_eq!(asked(query, &["t"]), Err(ChallengeRefusal::WrongMode));
    }
}

#[test]
fn what_is_missing_is_named() {
    let refused = |query| asked(query, &["t"]);
    assert_eq!(
        refused("hub.mode=subscribe&hub.challenge=1"),
        Err(ChallengeRefusal::MissingToken)
    );
    let no_challenge = Err(ChallengeRefusal::MissingChallenge);
    assert_eq!(
        refused("hub.mode=subscribe&hub.verify_token=t"),
        no_challenge
    );
    assert_eq!(
        refused("hub.mode=subscribe&hub.verify_token=t&hub.challenge="),
        no_challenge
    );
}
