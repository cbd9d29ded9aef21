//! Each filter: whole, cut, damaged, without its end, and in chains.

use std::io::Write;

use lopdf::{Object, dictionary};

use super::*;

fn zlib(data: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// Written and flushed, but not ended: no last block, no checksum.
fn flushed(data: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(data).unwrap();
    encoder.flush().unwrap();
    encoder.get_ref().clone()
}

fn hex(data: &[u8]) -> Vec<u8> {
    let digits: String = data.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{digits}>").into_bytes()
}

/// As many literal runs as it takes.
fn runs(data: &[u8]) -> Vec<u8> {
    let mut runs = Vec::new();
    for piece in data.chunks(128) {
        runs.push(piece.len() as u8 - 1);
        runs.extend_from_slice(piece);
    }
    runs.push(128);
    runs
}

/// Codes of 9 bits for each byte, the table cleared before it grows.
fn lzw(data: &[u8]) -> Vec<u8> {
    let mut bits = String::new();
    for piece in data.chunks(200) {
        bits += &format!("{:09b}", 256);
        piece.iter().for_each(|byte| bits += &format!("{byte:09b}"));
    }
    bits += &format!("{:09b}0000000", 257);
    let bytes = bits.as_bytes().chunks_exact(8);
    let byte = |bits: &[u8]| u8::from_str_radix(std::str::from_utf8(bits).unwrap(), 2).unwrap();
    bytes.map(byte).collect()
}

fn base85(data: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    for piece in data.chunks(4) {
        let mut four = [0; 4];
        four[..piece.len()].copy_from_slice(piece);
        let mut number = u32::from_be_bytes(four);
        let mut digits = [0; 5];
        for digit in digits.iter_mut().rev() {
            *digit = b'!' + (number % 85) as u8;
            number /= 85;
        }
        text.extend_from_slice(&digits[..=piece.len()]);
    }
    text.extend_from_slice(b"~>");
    text
}

type Outcome = Result<(Vec<u8>, End), Fault>;

fn decode(filter: impl Into<Object>, data: &[u8]) -> Outcome {
    decode_with(dictionary! { "Filter" => filter }, data)
}

fn decode_with(dict: Dictionary, data: &[u8]) -> Outcome {
    let document = Document::new();
    let mut decoder = Decoder::new(&document, Deadline::never());
    let decoded = decoder.bytes(&dict, data, 1 << 20)?;
    Ok((decoded.data.into_owned(), decoded.end))
}

fn whole(data: &[u8]) -> Outcome {
    Ok((data.to_vec(), End::Whole))
}

fn names(names: &[&str]) -> Object {
    names
        .iter()
        .map(|name| (*name).into())
        .collect::<Vec<Object>>()
        .into()
}

const TEXT: &[u8] =
    b"BT /F1 12 Tf 72 720 Td (some words that are set) Tj ET and more of it, more of it";

type Encode = fn(&[u8]) -> Vec<u8>;

/// Full name, abbreviation, encoder.
const FILTERS: [(&str, &str, Encode); 5] = [
    ("FlateDecode", "Fl", zlib),
    ("LZWDecode", "LZW", lzw),
    ("ASCII85Decode", "A85", base85),
    ("ASCIIHexDecode", "AHx", hex),
    ("RunLengthDecode", "RL", runs),
];

#[test]
fn every_filter_decodes_by_either_name() {
    let long = TEXT.repeat(400);
    for (name, short, encode) in FILTERS {
        for data in [TEXT, &long] {
            assert_eq!(decode(name, &encode(data)), whole(data), "{name}");
            assert_eq!(decode(short, &encode(data)), whole(data), "{short}");
            assert_eq!(
                decode(names(&[short]), &encode(data)),
                whole(data),
                "[{short}]"
            );
        }
    }
}

#[test]
fn data_that_is_cut_has_no_whole_end() {
    for (name, _, encode) in FILTERS {
        let encoded = encode(&TEXT.repeat(40));
        for part in [encoded.len() / 4, encoded.len() / 2, encoded.len() - 3] {
            let end = decode(name, &encoded[..part]).map(|(_, end)| end);
            let lost = matches!(
                end,
                Ok(End::Cut(_) | End::Unmarked(_)) | Err(Fault::Damage(_))
            );
            let unsummed = name == "FlateDecode" && matches!(end, Ok(End::Remark(_)));
            assert!(lost || unsummed, "{name} {part}: {end:?}");
        }
    }
}

#[test]
fn damage_is_seen_where_the_filter_can_tell() {
    let damage = |name: &str, encoded: Vec<u8>, at: usize, byte: u8| {
        let mut encoded = encoded;
        encoded[at] = byte;
        let outcome = decode(name, &encoded);
        assert!(
            matches!(outcome, Err(Fault::Damage(_))),
            "{name}: {outcome:?}"
        );
    };
    let middle = zlib(TEXT).len() / 2;
    damage("FlateDecode", zlib(TEXT), middle, zlib(TEXT)[middle] ^ 0x10);
    // Code 511 before the table has it.
    damage("LZWDecode", lzw(TEXT), 2, 0xff);
    damage("ASCII85Decode", base85(TEXT), 7, b'{');
    damage("ASCIIHexDecode", hex(TEXT), 7, b'g');
    let outcome = decode("ASCII85Decode", b"s8W-\"~>");
    assert!(
        matches!(outcome, Err(Fault::Damage(_))),
        "above 2^32: {outcome:?}"
    );
}

#[test]
fn an_absent_checksum_is_a_remark_and_a_wrong_one_damage() {
    let data = zlib(TEXT);
    for missing in 1..=4 {
        let end = decode("FlateDecode", &data[..data.len() - missing])
            .unwrap()
            .1;
        assert!(matches!(end, End::Remark(_)), "{missing}: {end:?}");
    }
    let (bytes, end) = decode("FlateDecode", &flushed(TEXT)).unwrap();
    assert_eq!(bytes, TEXT);
    assert!(matches!(end, End::Remark(_)), "{end:?}");
    let mut wrong = zlib(TEXT);
    *wrong.last_mut().unwrap() ^= 1;
    assert!(matches!(
        decode("FlateDecode", &wrong),
        Err(Fault::Damage(_))
    ));
    let mut followed = zlib(TEXT);
    followed.extend_from_slice(b"\r\n");
    assert_eq!(decode("FlateDecode", &followed), whole(TEXT));
    assert_eq!(decode("FlateDecode", b""), whole(b""));
}

#[test]
fn chains_names_and_parameters_may_be_references() {
    let armoured = hex(&zlib(TEXT));
    assert_eq!(decode(names(&["AHx", "Fl"]), &armoured), whole(TEXT));
    assert_eq!(
        decode(names(&["ASCII85Decode", "LZWDecode"]), &base85(&lzw(TEXT))),
        whole(TEXT)
    );
    let mut document = Document::new();
    let name = document.add_object(Object::Name(b"Fl".to_vec()));
    let list = document.add_object(Object::Array(vec!["AHx".into(), name.into()]));
    let mut decoder = Decoder::new(&document, Deadline::never());
    let decoded = decoder.bytes(&dictionary! { "Filter" => list }, &armoured, 1000);
    assert_eq!(decoded.unwrap().data, TEXT);
    let lost = dictionary! { "Filter" => Object::Reference((77, 0)) };
    assert!(matches!(
        decoder.bytes(&lost, &armoured, 1000),
        Err(Fault::Damage(_))
    ));
    for absent in [Object::Null, Object::Array(Vec::new())] {
        assert_eq!(decode(absent, TEXT), whole(TEXT));
    }
}

#[test]
fn what_no_reader_knows_is_damage_and_says_so_itself() {
    let fault = decode("FooDecode", TEXT).unwrap_err();
    assert_eq!(fault.to_string(), "no reader knows its filter, /FooDecode");
    assert!(matches!(fault, Fault::Damage(_)));
    assert!(matches!(
        decode(names(&["DCTDecode", "FlateDecode"]), TEXT),
        Err(Fault::Damage(_))
    ));
    assert!(matches!(decode(7, TEXT), Err(Fault::Damage(_))));
    let external = dictionary! { "F" => Object::string_literal("other.bin") };
    assert!(matches!(decode_with(external, TEXT), Err(Fault::Damage(_))));
}

#[test]
fn bombs_meet_a_bound_and_are_no_damage() {
    let bomb = zlib(&vec![0; 2 << 20]);
    assert!(matches!(decode("FlateDecode", &bomb), Err(Fault::Bound(_))));
    let many = names(&["AHx"; 17]);
    assert!(matches!(decode(many, b"00>"), Err(Fault::Bound(_))));
}

#[test]
fn pixels_are_counted_and_not_kept() {
    let document = Document::new();
    let mut decoder = Decoder::new(&document, Deadline::never());
    let flate = dictionary! { "Filter" => "FlateDecode" };
    let data = zlib(&vec![7; 30 << 20]);
    let counted = decoder.count(&flate, &data, 40 << 20).unwrap();
    assert_eq!((counted.data, counted.end), (30 << 20, End::Whole));
    let enough = decoder.count(&flate, &data, 1000).unwrap();
    assert!(enough.data > 1000 && matches!(enough.end, End::Remark(_)));
    let plain = decoder.count(&Dictionary::new(), b"abc", 1000).unwrap();
    assert_eq!((plain.data, plain.picture), (3, false));
    let jpeg = dictionary! { "Filter" => names(&["Fl", "DCT"]) };
    let wrapped = zlib(b"\xff\xd8");
    let decoded = decoder.bytes(&jpeg, &wrapped, 1000).unwrap();
    assert!(decoded.picture && *decoded.data == *b"\xff\xd8");
}

#[test]
fn predictors_are_undone() {
    let png = |rows: &[u8]| {
        let parameters = dictionary! { "Predictor" => 15, "Colors" => 3, "Columns" => 2 };
        let dict = dictionary! { "Filter" => "FlateDecode", "DecodeParms" => parameters };
        decode_with(dict, &zlib(rows))
    };
    let rows = [
        [0, 1, 2, 3, 4, 5, 6],
        [1, 1, 1, 1, 1, 1, 1],
        [2, 1, 1, 1, 1, 1, 1],
        [3, 1, 1, 1, 1, 1, 1],
        [4, 1, 1, 1, 1, 1, 1],
    ];
    let plain = [
        [1, 2, 3, 4, 5, 6],
        [1, 1, 1, 2, 2, 2],
        [2, 2, 2, 3, 3, 3],
        [2, 2, 2, 3, 3, 3],
        [3, 3, 3, 4, 4, 4],
    ];
    assert_eq!(png(&rows.concat()), whole(&plain.concat()));
    assert!(matches!(png(&[9, 1, 2, 3, 4, 5, 6]), Err(Fault::Damage(_))));
    // A last row that is shorter.
    assert_eq!(png(&[0, 1, 2]), whole(&[1, 2]));
    let tiff = |bits: i64| {
        let parameters =
            dictionary! { "Predictor" => 2, "Columns" => 4, "BitsPerComponent" => bits };
        dictionary! { "Filter" => "LZW", "DecodeParms" => vec![parameters.into()] }
    };
    assert_eq!(
        decode_with(tiff(8), &lzw(&[1, 1, 1, 1, 5, 0, 0, 1])),
        whole(&[1, 2, 3, 4, 5, 5, 5, 6])
    );
    let wide = [0, 255, 0, 1, 0, 0, 0, 0];
    assert_eq!(
        decode_with(tiff(16), &lzw(&wide)),
        whole(&[0, 255, 1, 0, 1, 0, 1, 0])
    );
}
