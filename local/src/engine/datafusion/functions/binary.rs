//! Functions on varbinary: hashes, encodings, slices.

use base64::Engine as _;
use sha2::Digest as _;

use super::{
    super::{
        text,
        types::Type,
        value::Value::{self, Bool, Bytes, Int, Text},
    },
    Line, bad_argument, misfit,
    text::window,
};
use crate::engine::SqlError;

type Out = Result<Value, SqlError>;

pub(super) const TABLE: &[Line] = &[
    ("length", "varbinary->bigint", |v, _| {
        with(v, |b| Int(i64::try_from(b.len()).unwrap_or(i64::MAX)))
    }),
    ("reverse", "varbinary->varbinary", |v, _| {
        with(v, |b| Bytes(b.iter().rev().copied().collect()))
    }),
    ("substr", "varbinary,bigint->varbinary", substr),
    ("substr", "varbinary,bigint,bigint->varbinary", substr),
    ("concat", "varbinary,varbinary..->varbinary", |v, _| {
        let mut all = Vec::new();
        for part in v {
            let Bytes(part) = part else {
                return Err(misfit());
            };
            all.extend_from_slice(part);
        }
        Ok(Bytes(all.into()))
    }),
    ("to_hex", "varbinary->varchar", |v, _| {
        with(v, |b| {
            Value::text(text::hex(b).trim_start_matches("0x").to_uppercase())
        })
    }),
    ("from_hex", "varchar->varbinary", from_hex),
    ("to_base64", "varbinary->varchar", |v, _| {
        with(v, |b| {
            Value::text(base64::engine::general_purpose::STANDARD.encode(b))
        })
    }),
    ("from_base64", "varchar->varbinary", |v, _| match v {
        [Text(s)] => base64::engine::general_purpose::STANDARD
            .decode(s.as_bytes())
            .map(|b| Bytes(b.into()))
            .map_err(|error| bad_argument(error.to_string())),
        _ => Err(misfit()),
    }),
    ("md5", "varbinary->varbinary", |v, _| {
        with(v, |b| Bytes(md5::Md5::digest(b).as_slice().into()))
    }),
    ("sha256", "varbinary->varbinary", |v, _| {
        with(v, |b| Bytes(sha2::Sha256::digest(b).as_slice().into()))
    }),
    ("sha512", "varbinary->varbinary", |v, _| {
        with(v, |b| Bytes(sha2::Sha512::digest(b).as_slice().into()))
    }),
    ("from_big_endian_64", "varbinary->bigint", |v, _| match v {
        [Bytes(b)] => <[u8; 8]>::try_from(b.as_ref())
            .map(|b| Int(i64::from_be_bytes(b)))
            .map_err(|_| {
                bad_argument(format!(
                    "expected 8-byte input, but got instead: {}",
                    b.len()
                ))
            }),
        _ => Err(misfit()),
    }),
    ("from_big_endian_32", "varbinary->integer", |v, _| match v {
        [Bytes(b)] => <[u8; 4]>::try_from(b.as_ref())
            .map(|b| Int(i32::from_be_bytes(b).into()))
            .map_err(|_| {
                bad_argument(format!(
                    "expected 4-byte input, but got instead: {}",
                    b.len()
                ))
            }),
        _ => Err(misfit()),
    }),
    ("to_big_endian_64", "bigint->varbinary", |v, _| match v {
        [Int(n)] => Ok(Bytes(n.to_be_bytes().as_slice().into())),
        _ => Err(misfit()),
    }),
    ("to_big_endian_32", "integer->varbinary", |v, _| match v {
        [Int(n)] => i32::try_from(*n)
            .map(|n| Bytes(n.to_be_bytes().as_slice().into()))
            .map_err(|_| misfit()),
        _ => Err(misfit()),
    }),
    ("from_utf8", "varbinary->varchar", |v, _| {
        with(v, |b| Value::text(String::from_utf8_lossy(b)))
    }),
    (
        "starts_with",
        "varbinary,varbinary->boolean",
        |v, _| match v {
            [Bytes(b), Bytes(start)] => Ok(Bool(b.starts_with(start))),
            _ => Err(misfit()),
        },
    ),
    ("lpad", "varbinary,bigint,varbinary->varbinary", |v, _| {
        pad(v, true)
    }),
    ("rpad", "varbinary,bigint,varbinary->varbinary", |v, _| {
        pad(v, false)
    }),
    ("to_base64url", "varbinary->varchar", |v, _| {
        with(v, |b| {
            Value::text(base64::engine::general_purpose::URL_SAFE.encode(b))
        })
    }),
    ("from_hex", "varbinary->varbinary", |v, t| match v {
        [Bytes(b)] => from_hex(&[Value::text(String::from_utf8_lossy(b))], t),
        _ => Err(misfit()),
    }),
];

fn with(values: &[Value], work: impl Fn(&[u8]) -> Value) -> Out {
    match values {
        [Bytes(b)] => Ok(work(b)),
        _ => Err(misfit()),
    }
}

fn substr(values: &[Value], _: &[Type]) -> Out {
    let (b, start, length) = match values {
        [Bytes(b), Int(start)] => (b, *start, i64::MAX),
        [Bytes(b), Int(start), Int(length)] => (b, *start, *length),
        _ => return Err(misfit()),
    };
    let kept = window(i64::try_from(b.len()).unwrap_or(i64::MAX), start, length);
    Ok(Bytes(
        kept.and_then(|(from, size)| b.get(from..from + size))
            .unwrap_or_default()
            .into(),
    ))
}

fn from_hex(values: &[Value], _: &[Type]) -> Out {
    let [Text(s)] = values else {
        return Err(misfit());
    };
    if s.len() % 2 != 0 {
        return Err(bad_argument(format!(
            "expected input length to be a multiple of 2, but got {}",
            s.len()
        )));
    }
    text::unhex(s)
        .map(|b| Bytes(b.into()))
        .ok_or_else(|| bad_argument(format!("invalid hex character in '{s}'")))
}

fn pad(values: &[Value], left: bool) -> Out {
    let [Bytes(b), Int(length), Bytes(with)] = values else {
        return Err(misfit());
    };
    let Some(want) = usize::try_from(*length).ok().filter(|n| *n <= 10_000_000) else {
        return Err(bad_argument(
            "Target length must be in the range [0..2147483647]",
        ));
    };
    if with.is_empty() {
        return Err(bad_argument("Padding bytes must not be empty"));
    }
    if b.len() >= want {
        return Ok(Bytes(b.get(..want).unwrap_or_default().into()));
    }
    let fill = with.iter().copied().cycle().take(want - b.len());
    let own = b.iter().copied();
    Ok(Bytes(if left {
        fill.chain(own).collect()
    } else {
        own.chain(fill).collect()
    }))
}
