//! Which hosts are called, and what is said where they are not the real service's.

use crate::common::Desk;

/// Production, as people and attackers spell it.
const PRODUCTION: [&str; 6] = [
    "https://api.service.nhs.uk/nhs-notify-supplier",
    "https://api.service.nhs.uk./nhs-notify-supplier",
    "https://api.service.nhs.uk../nhs-notify-supplier",
    "https://API.Service.nhs.uk:443/nhs-notify-supplier",
    "https://%61pi.service.nhs.uk:8443/x",
    "https://api\u{3002}service\u{ff0e}nhs.uk./x",
];

#[test]
fn production_by_any_spelling_ends_every_verb_before_anything_is_sent() {
    let desk = Desk::new();
    for url in PRODUCTION {
        for target in ["int", "local", "sandbox"] {
            desk.configure(&format!("[target.{target}]\nbase_url = \"{url}\"\n"));
            let ended = desk.call(&["run", "--target", target, "--only", "AT1"]);
            ended.expect(2).says(&["is production", "line 2"]);
        }
    }
    for verb in [
        &["plan"][..],
        &["status", "--target", "int"],
        &["pack", "--target", "int"],
    ] {
        desk.call(verb).expect(2).says(&["is production"]);
    }
    assert!(desk.runs().is_empty());
}

#[test]
fn production_by_a_variable_or_among_the_named_hosts_is_no_way_round() {
    let desk = Desk::new();
    let dotted = "https://api.service.nhs.uk./nhs-notify-supplier";
    for (variable, value) in [
        ("LETTERPROOF_TARGET_INT_BASE_URL", dotted),
        ("LETTERPROOF_TARGET_LOCAL_BASE_URL", dotted),
        ("LETTERPROOF_TARGET_INT_TOKEN_URL", dotted),
        ("LETTERPROOF_TARGET_INT_HOSTS", "api.service.nhs.uk."),
        (
            "LETTERPROOF_TARGET_INT_STORAGE_HOSTS",
            "api.service.nhs.uk.",
        ),
    ] {
        let mut command = desk.command(&["run", "--only", "AT1"]);
        let ended = crate::common::Ended::of(command.env(variable, value).output().unwrap());
        ended.expect(2).says(&["is production", variable]);
    }
    desk.configure(&format!(
        "[target.int]\nbase_url = \"{dotted}\"\nhosts = [\"api.service.nhs.uk\"]\n"
    ));
    desk.call(&["run", "--target", "int"])
        .expect(2)
        .says(&["is production"]);
    assert!(desk.runs().is_empty());
}

#[test]
fn a_host_that_is_not_documented_must_be_named() {
    let desk = Desk::new();
    desk.configure("[target.int]\nbase_url = \"https://int.example.org/x\"\n");
    let ended = desk.call(&["run", "--target", "int"]).expect(2);
    ended.says(&[
        "line 2: target.int.base_url",
        "target.int.hosts",
        "int.api.service.nhs.uk",
    ]);
}
