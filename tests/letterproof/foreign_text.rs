//! Files as Windows editors and spreadsheets write them.
#![allow(clippy::unwrap_used, reason = "a test may end at once")]

use std::fs;

use serde_json::Value;

use crate::common::Desk;

fn utf16(text: &str) -> Vec<u8> {
    let marked = format!("\u{feff}{text}");
    marked.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// The remarks of a plan with the list `name`.
fn remarks(desk: &Desk, name: &str) -> Vec<String> {
    let list = desk.path(name).display().to_string();
    let args = [
        "plan",
        "--only",
        "AT11",
        "--cancel-list",
        &list,
        "--format",
        "json",
    ];
    let ended = desk.call(&args).expect(0);
    let plan: Value = serde_json::from_str(&ended.out).unwrap();
    serde_json::from_value(plan["remarks"].clone()).unwrap()
}

#[test]
fn lists_of_spreadsheets_and_windows_editors_are_read() {
    let desk = Desk::new();
    let ids: Vec<String> = (1..=8)
        .map(|number| format!("36nOm21Ks5{number}"))
        .collect();
    fs::write(desk.path("plain.txt"), ids.join("\n")).unwrap();
    fs::write(desk.path("utf16.txt"), utf16(&ids.join("\r\n"))).unwrap();
    let quoted: Vec<String> = ids.iter().map(|id| format!("\"{id}\"\r\n")).collect();
    let csv = format!("\"letter_id\"\r\n{}", quoted.concat());
    fs::write(desk.path("quoted.csv"), csv).unwrap();
    let plain = remarks(&desk, "plain.txt");
    assert!(plain.iter().all(|it| !it.contains("left out")), "{plain:?}");
    for name in ["utf16.txt", "quoted.csv"] {
        assert_eq!(remarks(&desk, name), plain, "{name}");
    }
}

#[test]
fn a_list_that_cannot_be_understood_is_named_with_its_line() {
    let desk = Desk::new();
    let cases: [(&[u8], &str); 4] = [
        (b"36nOm,moved\n", "line 1 has 2 columns"),
        (b"id\n\"36nOm\n", "line 2: a quote is opened"),
        (b"PK\x03\x04x", "a workbook (.xlsx, .ods)"),
        (b"\xff\xfe\0\0", "UTF-32"),
    ];
    for (bytes, told) in cases {
        fs::write(desk.path("list"), bytes).unwrap();
        let list = desk.path("list").display().to_string();
        for flag in ["--cancel-list", "--fail-list"] {
            let ended = desk.call(&["plan", flag, &list]);
            ended.expect(2).says(&[flag, "list", told]);
        }
    }
    let endless = desk.call(&["plan", "--fail-list", "/dev/zero"]);
    endless.expect(2).says(&["more than 16777216 bytes"]);
}

#[test]
fn a_configuration_of_a_windows_editor_is_read() {
    let desk = Desk::new();
    let text = "[supplier]\r\nname = \"Drückerei\"\r\nnaem = 1\r\n";
    let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
    for bytes in [marked, utf16(text)] {
        fs::write(desk.path("letterproof.toml"), bytes).unwrap();
        let ended = desk.call(&["plan"]).expect(2);
        ended.says(&["letterproof.toml, line 3: supplier.naem is not a setting"]);
    }
    fs::write(
        desk.path("letterproof.toml"),
        b"[supplier]\nname = \"Dr\xfcck\"\n",
    )
    .unwrap();
    let ended = desk.call(&["plan"]).expect(2);
    ended.says(&["line 2 is not UTF-8; save the file in UTF-8"]);
}
