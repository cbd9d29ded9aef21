//! The plans for the stocks that testers meet, and what every plan must hold to.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::model::{Allocation, Status, path};

const BATCHES: [(&str, &str); 3] = [
    ("integration-specification-english", "group-english-a"),
    ("integration-specification-braille", "group-accessible-a"),
    ("integration-specification-arabic", "group-international-a"),
];

fn letter(number: usize, batch: (&str, &str), has_hash: bool) -> StockLetter {
    StockLetter {
        id: format!("L{number:04}"),
        status: Status::Pending,
        specification_id: Some(batch.0.to_owned()),
        group_id: Some(batch.1.to_owned()),
        has_hash,
        pdf: None,
    }
}

/// As the simulator seeds, with short ids.
fn seeded(letters: usize) -> Vec<StockLetter> {
    let mut stock = seeded_stock(letters);
    for (number, letter) in stock.iter_mut().enumerate() {
        letter.id = format!("L{number:04}");
    }
    stock
}

fn without_pdf() -> (&'static str, &'static str) {
    ("integration-specification-missing-pdf", "group-error-a")
}

/// As INT's script seeds: batch after batch.
fn in_blocks() -> Vec<StockLetter> {
    let batch = |number: usize| match number / 835 {
        block @ 0..=2 => letter(number, BATCHES[block], true),
        _ => letter(number, without_pdf(), false),
    };
    (0..2_510).map(batch).collect()
}

/// All tests, with the sizes of a stock of `letters`.
fn request(letters: usize) -> Request {
    let share = |size: u64| match letters < 2_500 {
        true => (size * letters as u64).div_ceil(2_510),
        false => size,
    };
    let sizes = [
        ("at4", 1_000),
        ("at5_to_at8", 100),
        ("at9", 40),
        ("at11_each", 4),
        ("at12_each", 4),
    ];
    Request {
        tests: (1..=15).map(|number| format!("AT{number}")).collect(),
        sizes: sizes
            .map(|(name, size)| (name.to_owned(), share(size)))
            .into(),
        claimed: vec![Status::Printed, Status::Enclosed, Status::Delivered],
        rejects: true,
        accessible: vec![BATCHES[1].0.to_owned()],
        lease: Duration::from_secs(300),
        requests_per_second: 300,
        settle: Duration::from_secs(10),
        planner_may_cancel: true,
        ..Request::default()
    }
}

fn only(tests: &[&str], request: Request) -> Request {
    Request {
        tests: tests.iter().map(|test| (*test).to_owned()).collect(),
        ..request
    }
}

/// A plan as a snapshot shows it: letters counted by kind.
fn shown(stock: &[StockLetter], plan: &Plan) -> String {
    let mut text = String::new();
    for allocation in &plan.allocations {
        let Allocation {
            test, from, role, ..
        } = allocation;
        let role = role.as_deref().unwrap_or("-");
        let kinds = kinds(stock, &allocation.letters);
        let _ = writeln!(text, "{test:<5}{from:<11}{role:<14}{kinds}");
    }
    for lack in &plan.shortages {
        let _ = writeln!(text, "lacks: {lack}");
    }
    for impossible in &plan.not_possible {
        let _ = writeln!(
            text,
            "not possible: {} {}",
            impossible.test, impossible.reason
        );
    }
    for remark in &plan.remarks {
        let _ = writeln!(text, "remark: {remark}");
    }
    let _ = writeln!(
        text,
        "{} leases ({:?}), {} requests, {:?}, {} candidates",
        plan.leases,
        plan.waits,
        plan.requests,
        plan.estimate,
        plan.candidates.len()
    );
    text
}

fn kinds(stock: &[StockLetter], ids: &[String]) -> String {
    let mut counts = std::collections::BTreeMap::<&str, usize>::new();
    for letter in stock.iter().filter(|letter| ids.contains(&letter.id)) {
        let kind = letter.specification_id.as_deref().unwrap_or("none");
        let kind = kind
            .strip_prefix("integration-specification-")
            .unwrap_or(kind);
        *counts.entry(kind).or_default() += 1;
    }
    let counts = counts.iter().map(|(kind, count)| format!("{count} {kind}"));
    counts.collect::<Vec<_>>().join(", ")
}

#[test]
fn plans_for_the_stocks_that_testers_meet() {
    for letters in [2_510, 2_500, 400, 12] {
        let stock = seeded(letters);
        let plan = plan(&stock, &request(letters));
        hold(&stock, &request(letters), &plan);
        insta::assert_snapshot!(format!("{letters}_letters"), shown(&stock, &plan));
    }
}

#[test]
fn letters_in_blocks_are_accepted_across_all_blocks() {
    let stock = in_blocks();
    let plan = plan(&stock, &request(2_510));
    hold(&stock, &request(2_510), &plan);
    insta::assert_snapshot!("2510_letters_in_blocks", shown(&stock, &plan));
    let accepted: Vec<&String> = plan.of("AT4").flat_map(|it| &it.letters).collect();
    for test in ["AT5", "AT6", "AT7", "AT8", "AT9", "AT10", "AT11", "AT12"] {
        let mut letters = plan.of(test).flat_map(|it| &it.letters);
        assert!(letters.all(|letter| accepted.contains(&letter)), "{test}");
    }
}

#[test]
fn without_a_list_nothing_is_cancelled_elsewhere_and_the_run_begins() {
    let stock = seeded(2_510);
    let request = Request {
        planner_may_cancel: false,
        ..request(2_510)
    };
    let plan = plan(&stock, &request);
    assert!(plan.is_right(), "{:?}", plan.shortages);
    assert_eq!(plan.of("AT11").count(), 0);
    assert_eq!(plan.not_possible[0].test, "AT11");
    assert!(plan.not_possible[0].reason.contains("--cancel-list"));
}

#[test]
fn a_cancel_list_is_held_against_the_stock() {
    let mut stock = seeded(2_510);
    stock[7].status = Status::Dispatched;
    stock[8].status = Status::Returned;
    let list = [
        "L0001",
        "L0001",
        "nobody",
        "L00\u{202e}3",
        " L0004 ",
        "",
        "L0007",
        "L0008",
        "L0000",
        "L0006",
    ];
    let request = Request {
        cancel_list: Some(list.map(str::to_owned).into()),
        planner_may_cancel: false,
        ..request(2_510)
    };
    let plan = plan(&stock, &request);
    hold(&stock, &request, &plan);
    let of_at11: Vec<_> = plan.of("AT11").cloned().collect();
    let letters: BTreeSet<&str> = of_at11
        .iter()
        .flat_map(|it| &it.letters)
        .map(String::as_str)
        .collect();
    assert_eq!(
        letters,
        BTreeSet::from(["L0000", "L0001", "L0004", "L0006", "L0007"])
    );
    let refused = of_at11
        .iter()
        .find(|it| it.role.as_deref() == Some(REFUSED))
        .unwrap();
    assert_eq!(refused.letters, ["L0007"]);
    insta::assert_snapshot!("cancel_list", plan.remarks.join("\n"));
}

#[test]
fn a_spent_cancel_list_keeps_only_its_own_test_back() {
    let mut stock = seeded(2_510);
    stock[0].status = Status::Cancelled;
    stock[1].status = Status::Dispatched;
    let request = Request {
        tests: vec!["AT10".to_owned(), "AT11".to_owned()],
        cancel_list: Some(["L0000", "L0001", "nobody"].map(str::to_owned).into()),
        planner_may_cancel: false,
        ..request(2_510)
    };
    let plan = plan(&stock, &request);
    hold(&stock, &request, &plan);
    assert!(plan.is_right(), "{:?}", plan.shortages);
    assert!(!plan.is_complete(), "AT11 is mandatory");
    assert_eq!(plan.of("AT11").count(), 0);
    assert!(plan.of("AT10").count() > 0);
    assert!(
        plan.not_possible[0]
            .reason
            .contains("ask NHS Notify for a new list")
    );
}

#[test]
fn scarce_declared_letters_are_kept_for_the_status_that_needs_them() {
    let stock = seeded(2_510);
    // Of an accessible specification, and as many as FORWARDED takes.
    let braille = stock
        .iter()
        .filter(|it| it.specification_id.as_deref() == Some(BATCHES[1].0));
    let declared: Vec<String> = braille.take(4).map(|it| it.id.clone()).collect();
    let request = Request {
        fail_list: declared.clone(),
        ..request(2_510)
    };
    let plan = plan(&stock, &request);
    hold(&stock, &request, &plan);
    let forwarded = plan.of("AT12").filter(|it| it.from == "FORWARDED");
    let forwarded: Vec<&String> = forwarded.flat_map(|it| &it.letters).collect();
    assert_eq!(forwarded, declared.iter().collect::<Vec<_>>());
    let failed: usize = plan.of("AT12").map(|it| it.letters.len()).sum();
    assert_eq!(failed, 16, "Arabic letters serve the other statuses");
    let told = "fail list: AT12 takes 4 letters without a known defect";
    assert!(
        plan.remarks.iter().any(|it| it.contains(told)),
        "{:?}",
        plan.remarks
    );
    // Where there are no others, few triggers still show as many statuses as they can.
    let few: Vec<StockLetter> = stock
        .iter()
        .filter(|it| declared.contains(&it.id))
        .cloned()
        .collect();
    let plan = super::plan(&few, &request);
    let froms: BTreeSet<&str> = plan.of("AT12").map(|it| &*it.from).collect();
    assert_eq!(froms.len(), 4, "{froms:?}");
}

#[test]
fn declared_letters_are_failed_first_and_used_for_nothing_else() {
    let stock = seeded(2_510);
    let declared: Vec<String> = (0..20).map(|number| format!("L{number:04}")).collect();
    let request = Request {
        fail_list: declared.clone(),
        ..request(2_510)
    };
    let plan = plan(&stock, &request);
    hold(&stock, &request, &plan);
    assert!(
        plan.of("AT12")
            .all(|it| it.role.as_deref() == Some("declared"))
    );
    let failed: usize = plan.of("AT12").map(|it| it.letters.len()).sum();
    assert_eq!(failed, 16, "four from each status, FORWARDED included");
    for test in ["AT5", "AT6", "AT7", "AT8", "AT9", "AT10", "AT11"] {
        let mut letters = plan.of(test).flat_map(|it| &it.letters);
        assert!(!letters.any(|letter| declared.contains(letter)), "{test}");
    }
    assert!(
        plan.remarks
            .iter()
            .any(|it| it.contains("4 letters not needed"))
    );
}

#[test]
fn what_is_not_claimed_takes_no_letters() {
    let stock = seeded(2_510);
    let request = Request {
        claimed: Vec::new(),
        rejects: false,
        ..request(2_510)
    };
    let plan = plan(&stock, &request);
    assert!(plan.is_right(), "{:?}", plan.shortages);
    for test in ["AT5", "AT6", "AT8", "AT13"] {
        assert_eq!(plan.of(test).count(), 0, "{test}");
    }
    let optional = ["PRINTED", "ENCLOSED", "DELIVERED"];
    assert!(
        plan.allocations
            .iter()
            .all(|it| !optional.contains(&it.from.as_str()))
    );
}

#[test]
fn on_a_second_day_letters_are_used_where_they_stand() {
    let mut stock = seeded(2_510);
    for (number, letter) in stock.iter_mut().enumerate() {
        letter.status = match number {
            0..=299 => Status::Accepted,
            300..=329 => Status::Dispatched,
            330..=399 => Status::Returned,
            _ => Status::Delivered,
        };
    }
    let request = only(&["AT7", "AT10", "AT14"], request(2_510));
    let plan = plan(&stock, &request);
    hold(&stock, &request, &plan);
    assert!(plan.is_right(), "{:?}", plan.shortages);
    let number = |id: &String| id[1..].parse::<usize>().unwrap();
    let of = |test, from| {
        let allocations = plan.of(test).filter(move |it| it.from == from);
        allocations
            .flat_map(|it| &it.letters)
            .map(number)
            .collect::<Vec<_>>()
    };
    assert!(of("AT7", "ENCLOSED").iter().all(|number| *number < 300));
    assert!(
        of("AT10", "DISPATCHED")
            .iter()
            .all(|number| (300..330).contains(number))
    );
    assert!(of("AT10", "DELIVERED").iter().all(|number| *number >= 400));
}

#[test]
fn a_downloaded_pdf_decides_over_the_specification() {
    let mut stock = seeded(2_510);
    for letter in &mut stock {
        letter.pdf = Some(SeenPdf::default());
    }
    stock[0].pdf = Some(SeenPdf {
        over_five_pages: true,
        ..SeenPdf::default()
    });
    let plan = plan(&stock, &request(2_510));
    let failed: Vec<&String> = plan.of("AT12").flat_map(|it| &it.letters).collect();
    assert!(failed.contains(&&stock[0].id));
    assert_eq!(
        failed.len(),
        5,
        "the long one, and all without a PDF but one for AT13"
    );
    assert!(plan.is_right(), "{:?}", plan.shortages);
    assert!(
        plan.remarks
            .iter()
            .any(|it| it.contains("leaves out FORWARDED"))
    );
}

/// The default seeding of the simulator: eight letters of the group for errors have a PDF, the
/// accessible ones first.
fn seeded_with_errors(pdf: Option<SeenPdf>) -> Vec<StockLetter> {
    let mut stock = seeded(2_510);
    for (number, letter) in stock[2_497..2_505].iter_mut().enumerate() {
        letter.specification_id = Some(BATCHES[1 - number % 2].0.to_owned());
        letter.group_id = Some("group-error-a".to_owned());
        letter.pdf = pdf;
    }
    stock
}

const DEFECTIVE: SeenPdf = SeenPdf {
    defect: true,
    over_five_pages: false,
};

#[test]
fn defective_pdfs_are_shared_between_failures_and_rejections() {
    let stock = seeded_with_errors(Some(DEFECTIVE));
    let request = request(2_510);
    let plan = plan(&stock, &request);
    hold(&stock, &request, &plan);
    insta::assert_snapshot!("2510_letters_with_errors", shown(&stock, &plan));
    let taken = |test| {
        let defective = plan
            .of(test)
            .filter(|it| it.role.as_deref() == Some("defective PDF"));
        defective.map(|it| it.letters.len()).sum::<usize>()
    };
    assert_eq!((taken("AT12"), taken("AT13")), (4, 4));
    let mut failed = plan.of("AT12");
    assert!(failed.any(|it| it.from == "FORWARDED"));
}

#[test]
fn without_rejections_failures_take_every_defective_pdf() {
    let stock = seeded_with_errors(Some(DEFECTIVE));
    let plan = plan(&stock, &only(&["AT12"], request(2_510)));
    let defective = plan
        .of("AT12")
        .filter(|it| it.role.as_deref() == Some("defective PDF"));
    assert_eq!(defective.map(|it| it.letters.len()).sum::<usize>(), 8);
}

#[test]
fn a_sound_letter_in_a_group_for_errors_is_not_rejected() {
    let stock = seeded_with_errors(Some(SeenPdf::default()));
    let plan = plan(&stock, &request(2_510));
    let rejected: Vec<&Allocation> = plan.of("AT13").collect();
    assert_eq!(rejected.len(), 1, "{rejected:?}");
    assert_eq!(rejected[0].role.as_deref(), Some("no PDF"));
    let told = "AT13 leaves 8 letters of a group for errors alone, whose PDF has no defect: L2497";
    assert!(plan.remarks.iter().any(|it| it.starts_with(told)));
}

#[test]
fn what_nobody_looked_at_is_a_guess_that_the_last_plan_does_not_make() {
    let stock = seeded_with_errors(None);
    let guessing = plan(&stock, &request(2_510));
    let of_errors = stock[2_497..].iter().map(|letter| &letter.id);
    for id in of_errors {
        assert!(guessing.candidates.contains(id), "{id} is looked at");
    }
    let request = Request {
        seen_pdfs_only: true,
        ..request(2_510)
    };
    let plan = plan(&stock, &request);
    hold(&stock, &request, &plan);
    let of_nobody = |it: &&Allocation| it.role.as_deref() != Some("no PDF");
    assert_eq!(plan.of("AT12").filter(of_nobody).count(), 0);
    assert_eq!(plan.of("AT13").filter(of_nobody).count(), 0);
    let spent: Vec<&String> = plan.allocations.iter().flat_map(|it| &it.letters).collect();
    let unseen = stock[2_497..2_505].iter();
    for letter in unseen {
        assert!(!spent.contains(&&letter.id), "{} is left alone", letter.id);
    }
}

#[test]
fn letters_that_are_missing_are_counted_by_kind() {
    let stock = seeded(9);
    let plan = plan(&stock, &only(&["AT9", "AT10", "AT14"], request(2_510)));
    let told: Vec<String> = plan.shortages.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "AT9 needs 40 letters of an accessible specification that can become ACCEPTED, 3 are left",
            "AT10 needs 20 letters that can become DISPATCHED or DELIVERED, 5 are left",
        ]
    );
    let empty = super::plan(&[], &request(2_510));
    let short: Vec<&str> = empty.shortages.iter().map(|it| it.test.as_str()).collect();
    for number in 2..=14 {
        let test = format!("AT{number}");
        assert!(short.contains(&test.as_str()), "{test}: {short:?}");
    }
}

#[test]
fn the_email_asks_for_one_seeding_a_pass() {
    insta::assert_snapshot!(email_for_seedings(&SeedingFacts {
        supplier: "Example Post".into(),
        target: "int".into(),
        letters: 2_500,
        passes: 3,
        within: Duration::from_secs(10),
        contact: None,
    }));
}

/// What every plan must hold to.
fn hold(stock: &[StockLetter], request: &Request, plan: &Plan) {
    let mut given = BTreeSet::new();
    for allocation in &plan.allocations {
        let mut own = BTreeSet::new();
        for id in &allocation.letters {
            let letter = stock
                .iter()
                .find(|letter| letter.id == *id)
                .expect("in stock");
            assert!(own.insert(id), "{id} twice in one allocation");
            assert!(
                allocation.test == "AT4" || given.insert(id),
                "{id} for two tests"
            );
            let from: Status = allocation.from.parse().unwrap();
            assert!(
                path(letter.status, from, &request.claimed).is_some(),
                "{id} cannot become {from}"
            );
        }
        assert!(!allocation.letters.is_empty());
        assert!(
            request.covers(&allocation.test),
            "{} is not in scope",
            allocation.test
        );
    }
    let pending = |id: &String| {
        stock
            .iter()
            .any(|it| it.id == *id && it.status == Status::Pending)
    };
    for id in plan
        .of("AT4")
        .chain(plan.of("AT13"))
        .flat_map(|it| &it.letters)
    {
        assert!(pending(id));
    }
    let accepted: BTreeSet<_> = plan.of("AT4").flat_map(|it| &it.letters).collect();
    assert!(accepted.len() <= request.size("at4"));
    assert!(
        plan.of("AT13")
            .flat_map(|it| &it.letters)
            .all(|id| !accepted.contains(id))
    );
}

fn any_letter() -> impl Strategy<Value = StockLetter> {
    let specification = prop_oneof![
        3 => (0..3_usize).prop_map(|batch| Some(BATCHES[batch].0.to_owned())),
        1 => "[a-c]".prop_map(Some),
        1 => Just(None),
    ];
    let group = prop_oneof![4 => Just("group-english-a"), 1 => Just("group-error-a")];
    let status =
        prop_oneof![3 => Just(Status::Pending), 2 => proptest::sample::select(&Status::ALL[..])];
    (
        0..60_u32,
        status,
        specification,
        proptest::option::weighted(0.8, group),
        proptest::bool::weighted(0.8),
        proptest::option::of(any::<[bool; 2]>()),
    )
        .prop_map(
            |(id, status, specification_id, group, has_hash, pdf)| StockLetter {
                id: format!("L{id:02}"),
                status,
                specification_id,
                group_id: group.map(str::to_owned),
                has_hash,
                pdf: pdf.map(|[defect, over_five_pages]| SeenPdf {
                    defect,
                    over_five_pages,
                }),
            },
        )
}

fn any_request() -> impl Strategy<Value = Request> {
    let tests = proptest::sample::subsequence((1..=15).collect::<Vec<u32>>(), 0..=15);
    let claimed = proptest::sample::subsequence(
        vec![Status::Printed, Status::Enclosed, Status::Delivered],
        0..=3,
    );
    let ids = || proptest::collection::vec("L[0-5][0-9]|[ -~é]{0,3}", 0..8);
    let sizes = proptest::collection::vec(0..30_u64, 5);
    (
        tests,
        claimed,
        proptest::option::of(ids()),
        ids(),
        sizes,
        any::<[bool; 3]>(),
    )
        .prop_map(
            |(tests, claimed, cancel_list, fail_list, sizes, [rejects, may, accessible])| Request {
                tests: tests.iter().map(|number| format!("AT{number}")).collect(),
                sizes: ["at4", "at5_to_at8", "at9", "at11_each", "at12_each"]
                    .into_iter()
                    .map(str::to_owned)
                    .zip(sizes)
                    .collect(),
                claimed,
                rejects,
                accessible: accessible
                    .then(|| BATCHES[1].0.to_owned())
                    .into_iter()
                    .collect(),
                planner_may_cancel: may,
                cancel_list,
                fail_list,
                ..request(2_510)
            },
        )
}

/// Letters with ids of their own.
fn distinct(stock: Vec<StockLetter>) -> Vec<StockLetter> {
    let mut seen = BTreeSet::new();
    stock
        .into_iter()
        .filter(|letter| seen.insert(letter.id.clone()))
        .collect()
}

proptest! {
    #[test]
    fn every_plan_is_legal(
        stock in proptest::collection::vec(any_letter(), 0..80),
        request in any_request(),
    ) {
        let doubled = plan(&stock, &request);
        let stock = distinct(stock);
        hold(&stock, &request, &plan(&stock, &request));
        for id in doubled.allocations.iter().flat_map(|it| &it.letters) {
            prop_assert!(stock.iter().any(|letter| letter.id == *id));
        }
    }
}
