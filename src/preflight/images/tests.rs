//! Pictures of each kind: whole, cut, replaced.

use lopdf::dictionary;

use super::super::clock::Deadline;
use super::*;

type Outcome = Result<Option<String>, Fault>;

fn look(mut dict: Dictionary, more: Dictionary, data: &[u8]) -> Outcome {
    let document = Document::new();
    more.into_iter()
        .for_each(|(key, value)| dict.set(key, value));
    let mut decoder = Decoder::new(&document, Deadline::never());
    let image = Image {
        dict: &dict,
        data,
        resources: None,
    };
    judge(&document, &mut decoder, image)
}

fn image(width: i64, height: i64) -> Dictionary {
    dictionary! {
        "Width" => width, "Height" => height, "ColorSpace" => "DeviceRGB", "BitsPerComponent" => 8,
    }
}

/// Judged with a filter, over a picture of 8 by 4 pixels.
fn filtered(filter: &str, data: &[u8]) -> Outcome {
    look(image(8, 4), dictionary! { "Filter" => filter }, data)
}

#[track_caller]
fn expect_damage(outcome: Outcome, what: &str) {
    match outcome {
        Err(Fault::Damage(said)) if said.contains(what) => {}
        other => panic!("{what}: {other:?}"),
    }
}

/// Every beginning of `data` up to `until` is damaged.
#[track_caller]
fn expect_cut_seen(filter: &str, data: &[u8], until: usize) {
    for part in 0..until {
        let outcome = filtered(filter, &data[..part]);
        assert!(
            matches!(outcome, Err(Fault::Damage(_))),
            "{part}: {outcome:?}"
        );
    }
}

/// A frame of 8 by 4 pixels, a scan with stuffed bytes and a restart, an end.
fn jpeg() -> Vec<u8> {
    let mut data = b"\xff\xd8\xff\xe0\x00\x06JFIF".to_vec();
    data.extend(b"\xff\xc0\x00\x11\x08\x00\x04\x00\x08\x03\x01\x11\x00\x02\x11\x01\x03\x11\x01");
    data.extend(b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00");
    data.extend(b"abc\xff\x00def\xff\xd0ghi\xff\xd9");
    data
}

#[test]
fn a_jpeg_has_a_size_a_scan_and_an_end() {
    assert_eq!(filtered("DCTDecode", &jpeg()), Ok(None));
    assert_eq!(
        filtered("DCT", &[b"\r\n", &*jpeg(), b"\n"].concat()),
        Ok(None)
    );
    expect_cut_seen("DCTDecode", &jpeg(), jpeg().len() - 1);
    expect_damage(
        filtered("DCTDecode", b"<html><body>404 Not Found</body></html>"),
        "is none",
    );
    expect_damage(filtered("DCTDecode", b"\xff\xd8\xff\xd9"), "without a size");
    let said = look(
        image(9, 9),
        dictionary! { "Filter" => "DCTDecode" },
        &jpeg(),
    );
    assert!(said.unwrap().is_some_and(|remark| remark.contains("8 x 4")));
}

/// One tile in two parts.
fn codestream() -> Vec<u8> {
    let mut data = b"\xff\x4f\xff\x51\x00\x2f\x00\x00".to_vec();
    for number in [8_u32, 4, 0, 0, 8, 4, 0, 0] {
        data.extend(number.to_be_bytes());
    }
    data.extend(b"\x00\x03\x07\x01\x01\x07\x01\x01\x07\x01\x01");
    for part in 0..2 {
        data.extend(b"\xff\x90\x00\x0a\x00\x00\x00\x00\x00\x12");
        data.extend([part, 2, 0xff, 0x93, 1, 2, 3, 4]);
    }
    data.extend(b"\xff\xd9");
    data
}

fn jp2(codestream: &[u8]) -> Vec<u8> {
    let mut data = b"\x00\x00\x00\x0cjP  \r\n\x87\n".to_vec();
    data.extend(b"\x00\x00\x00\x0cftypjp2 ");
    data.extend((codestream.len() as u32 + 8).to_be_bytes());
    data.extend(b"jp2c");
    data.extend(codestream);
    data
}

#[test]
fn a_jpeg_2000_has_all_parts_of_its_tiles() {
    let data = codestream();
    assert_eq!(filtered("JPXDecode", &data), Ok(None));
    assert_eq!(filtered("JPXDecode", &jp2(&data)), Ok(None));
    // The second part is what the first alone cannot promise, so only a cut within is seen.
    expect_cut_seen("JPXDecode", &data, data.len() - 20);
    expect_damage(filtered("JPXDecode", &data[..data.len() - 5]), "cut off");
    expect_damage(filtered("JPXDecode", b"<html>"), "is none");
    expect_damage(filtered("JPXDecode", &jp2(b"")), "is none");
}

/// A page of 8 by 4 pixels and a region of 4 bytes.
fn jbig2() -> Vec<u8> {
    let mut data = b"\x00\x00\x00\x00\x30\x00\x01\x00\x00\x00\x13".to_vec();
    data.extend(b"\x00\x00\x00\x08\x00\x00\x00\x04");
    data.extend([0; 11]);
    data.extend(b"\x00\x00\x00\x01\x26\x00\x01\x00\x00\x00\x16");
    data.extend([7; 22]);
    data
}

#[test]
fn a_jbig2_has_a_page_and_whole_segments() {
    assert_eq!(filtered("JBIG2Decode", &jbig2()), Ok(None));
    expect_cut_seen("JBIG2Decode", &jbig2(), jbig2().len());
    expect_damage(
        filtered("JBIG2Decode", b"<html>not found</html>"),
        "cut off",
    );
    let mut open = jbig2();
    let length = open.len() - 26;
    open[length..length + 4].copy_from_slice(&[0xff; 4]);
    expect_damage(filtered("JBIG2Decode", &open), "cut off");
    open.extend(b"\xff\xac\x00\x00\x00\x04");
    assert_eq!(filtered("JBIG2Decode", &open), Ok(None));
    assert!(jbig2::shared(&jbig2()).is_ok() && jbig2::shared(b"\x00\x01").is_err());
}

fn fax(parameters: Dictionary, data: &[u8]) -> Outcome {
    let parameters = dictionary! { "Filter" => "CCITTFaxDecode", "DecodeParms" => parameters };
    look(image(8, 4), parameters, data)
}

#[test]
fn fax_data_ends_as_it_says() {
    let group_4 = |ends: bool| {
        dictionary! { "K" => -1, "Columns" => 8, "EndOfBlock" => ends }
    };
    // The marker begins within a byte, and fill follows.
    let whole = b"\x26\xa9\x55\x40\x04\x00\x40\x00";
    assert_eq!(fax(group_4(true), whole), Ok(None));
    expect_damage(fax(group_4(true), &whole[..5]), "cut off");
    let remark = fax(group_4(false), &whole[..4]).unwrap();
    assert!(remark.is_some_and(|remark| remark.contains("as it says")));
    let mixed = dictionary! { "K" => 4, "Columns" => 8 };
    // Six times an end of line with a tag of one.
    let tagged = b"\x35\x00\x18\x00\xc0\x06\x00\x30\x01\x80\x0c\x00";
    assert_eq!(fax(mixed.clone(), tagged), Ok(None));
    expect_damage(fax(mixed, &tagged[..2]), "cut off");
    expect_damage(fax(group_4(true), &[0; 40]), "without a picture");
    let other = dictionary! { "K" => -1, "Columns" => 9 };
    assert!(
        fax(other, whole)
            .unwrap()
            .is_some_and(|remark| remark.contains("9 x 4"))
    );
}

fn zlib(data: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn bytes_are_held_against_pixels() {
    let flate = || dictionary! { "Filter" => "FlateDecode" };
    let rgb = |bytes: usize| look(image(8, 4), flate(), &zlib(&vec![9; bytes]));
    assert_eq!(rgb(96), Ok(None));
    expect_damage(rgb(72), "72 of 96 bytes");
    assert!(rgb(73).unwrap().is_some(), "less than a row is missing");
    // 300 dots per inch on A4.
    let large = look(
        image(2480, 3508),
        flate(),
        &zlib(&vec![255; 2480 * 3508 * 3]),
    );
    assert_eq!(large, Ok(None));
    let huge = look(image(20_000, 20_000), flate(), &zlib(b"x"));
    assert!(matches!(huge, Err(Fault::Bound(_))), "{huge:?}");
    let predicted = dictionary! {
        "Filter" => "FlateDecode",
        "DecodeParms" => dictionary! { "Predictor" => 15, "Colors" => 3, "Columns" => 8 },
    };
    assert_eq!(look(image(8, 4), predicted, &zlib(&[2; 100])), Ok(None));
    expect_damage(look(image(0, 4), flate(), b""), "without a size");
    let cut = zlib(&(0..96).collect::<Vec<u8>>());
    assert!(look(image(8, 4), flate(), &cut[..40]).is_err());
    // Only the checksum is absent.
    assert!(
        look(image(8, 4), flate(), &cut[..cut.len() - 4])
            .unwrap()
            .is_some()
    );
}

#[test]
fn colours_say_how_many_bytes_a_pixel_takes() {
    let bytes = |colours: Object, bits: i64, bytes: usize| {
        let more = dictionary! { "ColorSpace" => colours, "BitsPerComponent" => bits };
        look(image(8, 4), more, &vec![1; bytes])
    };
    let list = |items: &[Object]| Object::Array(items.to_vec());
    let indexed = list(&[
        "Indexed".into(),
        "DeviceRGB".into(),
        1.into(),
        Object::string_literal("abcdef"),
    ]);
    let inks = list(&[
        "DeviceN".into(),
        list(&["A".into(), "B".into()]),
        "DeviceCMYK".into(),
        Object::Null,
    ]);
    for (colours, bits, whole) in [
        (Object::from("DeviceGray"), 8, 32),
        ("DeviceCMYK".into(), 8, 128),
        ("DeviceRGB".into(), 16, 192),
        ("DeviceGray".into(), 1, 4),
        (list(&["CalRGB".into(), Dictionary::new().into()]), 8, 96),
        (indexed, 4, 16),
        (inks, 8, 64),
    ] {
        assert_eq!(bytes(colours.clone(), bits, whole), Ok(None), "{colours:?}");
        assert!(
            bytes(colours.clone(), bits, whole / 2).is_err(),
            "{colours:?}"
        );
    }
    assert!(bytes("Unheard".into(), 8, 32).unwrap().is_some());
    let mask = dictionary! { "Width" => 8, "Height" => 4, "ImageMask" => true };
    assert_eq!(look(mask, Dictionary::new(), &[0; 4]), Ok(None));
}
