//! The route of a template message, and what follows a refusal.

use rstest::rstest;
use wabakit_domain::template::{
    Acceptance, MarketingOnboarding as Onboarding, PriceClass, ProductPolicy,
    RouteDecision as Decision, RouteFacts, RouteRefusal, TemplateCategory as Category,
    TemplateRoute as Route, after_refusal, decide_after_refresh, decide_route,
};

const fn facts(category: Option<&Category>, submitted: Option<PriceClass>) -> RouteFacts<'_> {
    RouteFacts {
        category,
        onboarding: Onboarding::Onboarded,
        is_strict: false,
        submitted,
        is_released: false,
    }
}

const MARKETING: Route = Route::MarketingMessages(ProductPolicy::CloudApiFallback);

#[rstest]
#[case(Some(Category::Marketing), MARKETING)]
#[case(Some(Category::Utility), Route::Messages)]
#[case(Some(Category::Authentication), Route::Messages)]
#[case(Some(Category::Other("SERVICE".to_owned())), Route::Messages)]
#[case(None, Route::Messages)]
fn marketing_goes_by_its_own_route_and_all_else_by_messages(
    #[case] category: Option<Category>,
    #[case] route: Route,
) {
    assert_eq!(
        decide_route(&facts(category.as_ref(), None)),
        Decision::Go(route)
    );
}

#[rstest]
#[case(PriceClass::Utility, Category::Marketing, true)]
#[case(PriceClass::Authentication, Category::Marketing, true)]
#[case(PriceClass::Utility, Category::Authentication, true)]
#[case(PriceClass::Utility, Category::Other("NEW".to_owned()), true)]
#[case(PriceClass::Marketing, Category::Utility, false)]
#[case(PriceClass::Marketing, Category::Marketing, false)]
#[case(PriceClass::Utility, Category::Utility, false)]
fn a_category_that_costs_more_holds_the_message(
    #[case] submitted: PriceClass,
    #[case] now: Category,
    #[case] is_held: bool,
) {
    let facts = facts(Some(&now), Some(submitted));
    let hold = Decision::HoldCategoryChanged {
        from: submitted,
        to: PriceClass::of(&now),
    };
    assert_eq!(decide_route(&facts) == hold, is_held);
    let released = RouteFacts {
        is_released: true,
        ..facts
    };
    assert!(matches!(decide_route(&released), Decision::Go(_)));
}

#[rstest]
#[case(Onboarding::Onboarded, true, ProductPolicy::Strict)]
#[case(Onboarding::Onboarded, false, ProductPolicy::CloudApiFallback)]
#[case(Onboarding::NotOnboarded, true, ProductPolicy::CloudApiFallback)]
#[case(Onboarding::Unknown, true, ProductPolicy::CloudApiFallback)]
fn only_an_onboarded_account_refuses_the_fallback(
    #[case] onboarding: Onboarding,
    #[case] is_strict: bool,
    #[case] policy: ProductPolicy,
) {
    let facts = RouteFacts {
        onboarding,
        is_strict,
        ..facts(Some(&Category::Marketing), None)
    };
    let route = Route::MarketingMessages(policy);
    assert_eq!(decide_route(&facts), Decision::Go(route));
}

#[test]
fn the_wrong_route_is_changed_once() {
    for (code, route) in [
        (131_063, Route::Messages),
        (131_061, Route::Messages),
        (134_100, MARKETING),
    ] {
        assert_eq!(
            after_refusal(code, route, false),
            RouteRefusal::RefreshCategory
        );
        assert_eq!(after_refusal(code, route, true), RouteRefusal::Fail);
        assert_eq!(
            after_refusal(code, route.other(), false),
            RouteRefusal::Fail
        );
    }
}

#[test]
fn after_a_refresh_the_hold_for_a_higher_price_wins() {
    let marketing = Category::Marketing;
    let utility = Category::Utility;
    let submitted = Some(PriceClass::Utility);
    let hold = Decision::HoldCategoryChanged {
        from: PriceClass::Utility,
        to: PriceClass::Marketing,
    };
    // Meta's refusal says that it is marketing, whatever was read of the template.
    for category in [Some(&marketing), Some(&utility), None] {
        assert_eq!(
            decide_after_refresh(Route::Messages, &facts(category, submitted)),
            hold
        );
        assert_eq!(
            decide_after_refresh(
                Route::Messages,
                &facts(category, Some(PriceClass::Marketing))
            ),
            Decision::Go(MARKETING)
        );
        assert_eq!(
            decide_after_refresh(MARKETING, &facts(category, Some(PriceClass::Marketing))),
            Decision::Go(Route::Messages)
        );
    }
}

#[test]
fn each_limit_of_marketing_has_its_own_outcome() {
    for (code, outcome) in [
        (131_049, RouteRefusal::PersonLimited),
        (131_050, RouteRefusal::PersonOptedOut),
        (130_472, RouteRefusal::HeldOut),
        (132_015, RouteRefusal::TemplatePaused),
        (132_016, RouteRefusal::TemplateDisabled),
        (134_101, RouteRefusal::NotReady),
        (132_001, RouteRefusal::RefreshTemplates),
        (132_000, RouteRefusal::Fail),
    ] {
        for route in [Route::Messages, MARKETING] {
            assert_eq!(after_refusal(code, route, false), outcome, "{code}");
        }
    }
}

#[test]
fn what_meta_holds_for_its_quality_is_not_sent_yet() {
    for (word, acceptance) in [
        (
            Some("held_for_quality_assessment"),
            Acceptance::HeldForQuality,
        ),
        (Some("paused"), Acceptance::Paused),
        (Some("accepted"), Acceptance::Accepted),
        (Some("something_new"), Acceptance::Accepted),
        (None, Acceptance::Accepted),
    ] {
        let read = Acceptance::read(word);
        assert_eq!(read, acceptance);
        assert_eq!(read.words().is_none(), read == Acceptance::Accepted);
    }
}
