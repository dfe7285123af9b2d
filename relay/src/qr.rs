//! `/api/qr`: a room's link as a QR code, to be held up to somebody's phone.
//!
//! The page says which link, because it knows under which address it was opened; a relay behind a proxy does not.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use protocol::{ErrorCode, RoomCode};
use qrcode::{Color, EcLevel, QrCode};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::refusal::{Refusal, Refused};

/// Modules of light around the code: readers need four (ISO/IEC 18004 section 6.3.8), on a dark page above all.
const QUIET: usize = 4;
/// Bytes of a link. The longest host name there can be, and a room.
const LINK_BYTES: usize = 320;

/// The routes.
pub fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(qr))
}

/// What to show.
#[derive(Deserialize, IntoParams)]
struct Which {
    /// A room's link, like `https://alo.example/r/abcd-efgh-jkmn`.
    link: String,
}

/// A room's link as a QR code.
#[utoipa::path(
    get,
    path = "/api/qr",
    params(Which),
    responses(
        (status = 200, description = "The code, dark on light.", content_type = "image/svg+xml", body = String),
        (status = 400, description = "That is no room's link.", body = Refused),
    ),
)]
async fn qr(which: Result<Query<Which>, QueryRejection>) -> Result<Response, Refusal> {
    let link = which.ok().map(|Query(which)| which.link).filter(|link| is_room(link));
    let code = link.and_then(|link| svg(&link));
    let code = code.ok_or_else(|| Refusal::new(ErrorCode::BadMessage).saying("That is no room's link."))?;
    let headers = [(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "private, max-age=86400")];
    Ok((headers, code).into_response())
}

/// Somebody who trusts this server should not be led elsewhere by a code that it made of any text.
fn is_room(link: &str) -> bool {
    let host = link.strip_prefix("https://").or_else(|| link.strip_prefix("http://"));
    let room = host.and_then(|host| host.split_once("/r/")).filter(|(host, _)| !host.contains(['/', '?', '#', '@']));
    link.len() <= LINK_BYTES && room.is_some_and(|(_, code)| code.parse::<RoomCode>().is_ok())
}

/// The code as SVG: a row of dark modules is one rectangle. `None` if the text is too long for one.
fn svg(text: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let (width, colors) = (code.width(), code.to_colors());
    let side = width + 2 * QUIET;
    let mut dark = String::new();
    for (y, row) in colors.chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|a, b| a == b) {
            if run.first() == Some(&Color::Dark) {
                // Writing to a string cannot fail.
                let _ = write!(dark, "M{} {}h{n}v1h-{n}z", x + QUIET, y + QUIET, n = run.len());
            }
            x += run.len();
        }
    }
    Some(format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{dark}"/></svg>"##
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Paints the rectangles of the dark path, four pixels a module, and reads the code as a phone would.
    fn read(svg: &str) -> String {
        let side: usize = svg.split("viewBox=\"0 0 ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
        let path = svg.rsplit("d=\"").next().unwrap().split('"').next().unwrap();
        let mut dark = vec![false; side * side];
        for rectangle in path.split('M').skip(1) {
            let (at, rest) = rectangle.split_once('h').unwrap();
            let (x, y) = at.split_once(' ').unwrap();
            let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
            let length: usize = rest.split('v').next().unwrap().parse().unwrap();
            (x..x + length).for_each(|x| dark[y * side + x] = true);
        }
        let picture = |x: usize, y: usize| if dark[(y / 4) * side + x / 4] { 0 } else { 255 };
        let mut picture = rqrr::PreparedImage::prepare_from_greyscale(side * 4, side * 4, picture);
        picture.detect_grids()[0].decode().unwrap().1
    }

    #[test]
    fn a_phone_reads_the_link() {
        for link in [
            "https://192.168.1.20:3443/r/abcd-efgh-jkmn",
            "https://alo.example/r/zzzz-yyyy-xxxx",
            &format!("https://{}.example/r/abcd-efgh-jkmn", "a".repeat(200)),
        ] {
            assert!(is_room(link));
            assert_eq!(read(&svg(link).unwrap()), link);
        }
    }

    #[test]
    fn only_a_rooms_link_is_made_a_code() {
        for other in [
            "",
            "hello",
            "https://alo.example/",
            "https://alo.example/r/short",
            "javascript:alert(1)/r/abcd-efgh-jkmn",
            "https://evil.example/?https://alo.example/r/abcd-efgh-jkmn",
            "https://alo.example@evil.example/r/abcd-efgh-jkmn",
            &format!("https://{}/r/abcd-efgh-jkmn", "a".repeat(LINK_BYTES)),
        ] {
            assert!(!is_room(other), "{other}");
        }
    }
}
